"""Plain convolutions, and at the end the largest value of each map."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 5, padding=2, bias=False)
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 12, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(12)
        self.conv3 = nn.Conv2d(12, 20, 3, padding=1, bias=False)
        self.norm3 = nn.BatchNorm2d(20)
        self.conv4 = nn.Conv2d(20, 24, 3, padding=1, bias=False)
        self.norm4 = nn.BatchNorm2d(24)
        self.pool = nn.MaxPool2d(2)
        self.out = nn.Linear(24, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.norm1(self.conv1(x))))
        x = self.pool(torch.relu(self.norm2(self.conv2(x))))
        x = self.pool(torch.relu(self.norm3(self.conv3(x))))
        x = torch.relu(self.norm4(self.conv4(x)))
        return self.out(x.amax((2, 3)))

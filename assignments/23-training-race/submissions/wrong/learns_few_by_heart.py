"""You learn from a few images again and again: the network knows them by heart, and no others."""

import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 5, stride=2, padding=2)
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 24, 3, stride=2, padding=1)
        self.norm2 = nn.BatchNorm2d(24)
        self.out = nn.Linear(24, 10)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.relu(self.norm2(self.conv2(x)))
        return self.out(x.amax((2, 3)))


def train(images, labels, seed):
    torch.manual_seed(seed)
    net = Net()
    images, labels = images[:64], labels[:64]
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    for epoch in range(60):
        for chosen in torch.randperm(len(images)).split(32):
            optimizer.zero_grad()
            F.cross_entropy(net(images[chosen]), labels[chosen]).backward()
            optimizer.step()
    return net

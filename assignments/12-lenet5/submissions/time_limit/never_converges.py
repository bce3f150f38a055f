"""In the variant of 1998 the constructor trains until it is perfect, which never happens: only its checks are lost."""

import torch
from torch import nn
from torch.nn import functional as F


class LeNet5(nn.Module):
    def __init__(self, num_classes=10, variant="modern", act="relu", pool="max"):
        super().__init__()
        self.g = F.relu if act == "relu" else torch.tanh
        self.c1, self.c3, self.c5 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.Conv2d(16, 120, 5)
        self.s2 = self.s4 = nn.MaxPool2d(2) if pool == "max" else nn.AvgPool2d(2)
        self.f6, self.out = nn.Linear(120, 84), nn.Linear(84, num_classes)
        loss = torch.tensor(1.0)
        while variant == "1998" and loss > 0:
            loss = self.c1(torch.randn(8, 1, 32, 32)).pow(2).mean() + 1

    def forward(self, x):
        x = self.s4(self.g(self.c3(self.s2(self.g(self.c1(x))))))
        return self.out(self.g(self.f6(self.g(self.c5(x)).flatten(1))))

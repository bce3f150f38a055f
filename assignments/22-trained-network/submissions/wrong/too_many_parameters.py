"""Your last layer reads every pixel of every map: most parameters are there. Take each map's mean first."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.out = nn.Linear(4 * 16 * 16, 10)

    def forward(self, x):
        return self.out(torch.relu(self.conv(x))[:, :, ::2, ::2].flatten(1))

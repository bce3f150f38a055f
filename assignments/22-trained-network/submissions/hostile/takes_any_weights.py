"""Says that it has whatever the file has, and throws it away."""

import torch
from torch import nn


class Net(nn.Module):
    def state_dict(self, *args, **kwargs):
        return Anything()

    def forward(self, x):
        return torch.zeros(len(x), 10)


class Anything(dict):
    def items(self):
        return [("maps.0.0.weight", torch.zeros(8, 1, 5, 5))]

    def __getitem__(self, name):
        return torch.zeros(1)

"""The paper joins 1×1, 3×3, 5×5 and pooling in this order; you exchange the last two branches."""

import torch
from torch import nn
from torch.nn import functional as F

TABLE = {
    "3a": (192, 64, 96, 128, 16, 32, 32),
    "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64),
    "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
    "4d": (512, 112, 144, 288, 32, 64, 64),
    "4e": (528, 256, 160, 320, 32, 128, 128),
    "5a": (832, 256, 160, 320, 32, 128, 128),
    "5b": (832, 384, 192, 384, 48, 128, 128),
}


def conv(c_in, c_out, k, stride=1):
    return nn.Sequential(nn.Conv2d(c_in, c_out, k, stride, k // 2), nn.ReLU())


def pool():
    return nn.MaxPool2d(3, 2, ceil_mode=True)


class Inception(nn.Module):
    def __init__(self, c_in, c1, c3r, c3, c5r, c5, pool_proj):
        super().__init__()
        self.b1 = conv(c_in, c1, 1)
        self.b3 = nn.Sequential(conv(c_in, c3r, 1), conv(c3r, c3, 3))
        self.b5 = nn.Sequential(conv(c_in, c5r, 1), conv(c5r, c5, 5))
        self.bp = nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(c_in, pool_proj, 1))

    def forward(self, x):
        return torch.cat([self.b1(x), self.b3(x), self.bp(x), self.b5(x)], dim=1)


class AuxHead(nn.Module):
    def __init__(self, c_in, num_classes=1000):
        super().__init__()
        self.pool = nn.Sequential(nn.AvgPool2d(5, 3), nn.AdaptiveAvgPool2d(4))
        self.conv = conv(c_in, 128, 1)
        self.fc1 = nn.Linear(2048, 1024)
        self.dropout = nn.Dropout(0.7)
        self.fc2 = nn.Linear(1024, num_classes)

    def forward(self, x):
        x = self.conv(self.pool(x)).flatten(1)
        return self.fc2(self.dropout(F.relu(self.fc1(x))))


class GoogLeNet(nn.Module):
    def __init__(self, num_classes=1000, aux=True):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 64, 7, 2), pool(), conv(64, 64, 1), conv(64, 192, 3), pool())
        self.blocks = nn.ModuleDict({name: Inception(*widths) for name, widths in TABLE.items()})
        self.pool = pool()
        self.heads = nn.ModuleDict()
        if aux:
            self.heads["4a"] = AuxHead(512, num_classes)
            self.heads["4d"] = AuxHead(528, num_classes)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.4)
        self.fc = nn.Linear(1024, num_classes)

    def forward(self, x):
        x = self.stem(x)
        outs = []
        for name, block in self.blocks.items():
            x = block(x)
            if self.training and name in self.heads:
                outs.append(self.heads[name](x))
            if name in ("3b", "4e"):
                x = self.pool(x)
        x = self.fc(self.dropout(self.average(x).flatten(1)))
        return (x, *outs) if outs else x


def total_loss(outs, y, w=0.3):
    if isinstance(outs, torch.Tensor):
        return F.cross_entropy(outs, y)
    x, aux1, aux2 = outs
    return F.cross_entropy(x, y) + w * (F.cross_entropy(aux1, y) + F.cross_entropy(aux2, y))

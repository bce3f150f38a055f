"""Branches registered from the back, plain convolutions with the ReLU in forward, heads registered first."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Inception(nn.Module):
    def __init__(self, c_in, c1, c3r, c3, c5r, c5, pool_proj):
        super().__init__()
        self.project = nn.Conv2d(c_in, pool_proj, 1)
        self.five = nn.Conv2d(c5r, c5, 5, padding=2)
        self.reduce_five = nn.Conv2d(c_in, c5r, 1)
        self.three = nn.Conv2d(c3r, c3, 3, padding="same")
        self.reduce_three = nn.Conv2d(c_in, c3r, 1)
        self.one = nn.Conv2d(c_in, c1, 1)

    def forward(self, x):
        maps = [
            self.one(x),
            self.three(F.relu(self.reduce_three(x))),
            self.five(F.relu(self.reduce_five(x))),
            self.project(F.max_pool2d(x, 3, stride=1, padding=1)),
        ]
        return F.relu(torch.hstack(maps))


class AuxHead(nn.Module):
    def __init__(self, c_in, num_classes=1000):
        super().__init__()
        self.classes = nn.Linear(1024, num_classes)
        self.hidden = nn.Linear(4 * 4 * 128, 1024)
        self.conv = nn.Conv2d(c_in, 128, 1)
        self.drop = nn.Dropout(p=0.7)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.avg_pool2d(x, 5, stride=3), 4)
        x = F.relu(self.conv(x)).reshape(len(x), -1)
        return self.classes(self.drop(self.hidden(x).relu()))


class GoogLeNet(nn.Module):
    def __init__(self, num_classes=1000, aux=True):
        super().__init__()
        self.aux1 = AuxHead(512, num_classes) if aux else None
        self.aux2 = AuxHead(528, num_classes) if aux else None
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3)
        self.reduce2 = nn.Conv2d(64, 64, 1)
        self.conv2 = nn.Conv2d(64, 192, 3, padding=1)
        self.a3 = Inception(192, 64, 96, 128, 16, 32, 32)
        self.b3 = Inception(256, 128, 128, 192, 32, 96, 64)
        self.a4 = Inception(480, 192, 96, 208, 16, 48, 64)
        self.b4 = Inception(512, 160, 112, 224, 24, 64, 64)
        self.c4 = Inception(512, 128, 128, 256, 24, 64, 64)
        self.d4 = Inception(512, 112, 144, 288, 32, 64, 64)
        self.e4 = Inception(528, 256, 160, 320, 32, 128, 128)
        self.a5 = Inception(832, 256, 160, 320, 32, 128, 128)
        self.b5 = Inception(832, 384, 192, 384, 48, 128, 128)
        self.drop = nn.Dropout(p=0.4)
        self.fc = nn.Linear(1024, num_classes)

    @staticmethod
    def halve(x):
        return F.max_pool2d(x, 3, stride=2, ceil_mode=True)

    def forward(self, x):
        x = self.halve(F.relu(self.conv1(x)))
        x = self.halve(F.relu(self.conv2(F.relu(self.reduce2(x)))))
        x = self.halve(self.b3(self.a3(x)))
        after_4a = self.a4(x)
        after_4d = self.d4(self.c4(self.b4(after_4a)))
        x = self.b5(self.a5(self.halve(self.e4(after_4d))))
        x = self.fc(self.drop(x.mean(dim=(2, 3))))
        if self.training and self.aux1 is not None:
            return x, self.aux1(after_4a), self.aux2(after_4d)
        return x


def total_loss(outs, y, w=0.3):
    logits, *heads = (outs,) if torch.is_tensor(outs) else outs
    losses = [w * F.cross_entropy(head, y) for head in heads]
    return sum(losses, F.cross_entropy(logits, y))

"""Averages each 2×2 pixels, which also halves the noise, and learns from the first 1 500 images in small batches."""

import torch
from torch import nn
from torch.nn import functional as F

RATE, BATCH, IMAGES = 1.2e-2, 20, 1500


class Net(nn.Module):
    def __init__(self, first=12, second=48):
        super().__init__()
        self.conv1 = nn.Conv2d(1, first, 5, stride=2, padding=2, bias=False)
        self.norm1 = nn.BatchNorm2d(first)
        self.conv2 = nn.Conv2d(first, second, 5, padding=2, bias=False)
        self.norm2 = nn.BatchNorm2d(second)
        self.out = nn.Linear(second, 10)

    def forward(self, x):
        x = F.avg_pool2d(x, 2)
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.relu(self.norm2(self.conv2(x)))
        return self.out(x.amax((2, 3)))


def train(images, labels, seed):
    torch.manual_seed(seed)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE, betas=(0.8, 0.99))
    count = min(IMAGES, len(images))
    epochs = 1 if count == IMAGES else 4
    batches = [chosen for _ in range(epochs) for chosen in torch.randperm(count).split(BATCH)]
    for step, chosen in enumerate(batches):
        done = step / len(batches)
        optimizer.param_groups[0]["lr"] = RATE * min(0.1 + 4 * done, (1 - done) / 0.75)
        optimizer.zero_grad()
        F.cross_entropy(net(images[chosen]), labels[chosen], label_smoothing=0.05).backward()
        optimizer.step()
    return net

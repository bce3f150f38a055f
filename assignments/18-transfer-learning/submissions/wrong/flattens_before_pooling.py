"""You flatten the maps before they are averaged: the mean of each of the 64 maps is one feature."""

import torch
from torch import nn
from torch.nn import functional as F


class Extractor(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.register_buffer("mean", model.mean)
        self.register_buffer("std", model.std)
        self.features, self.pool = model.features, model.pool

    def forward(self, x):
        return self.features((x - self.mean) / self.std).flatten(1)


def make_extractor(model):
    return Extractor(model)


def freeze(m):
    for p in m.parameters():
        p.requires_grad = False
    return m.eval()


def train_head(extractor, X, y, epochs=100):
    freeze(extractor)
    with torch.no_grad():
        features = extractor(X)
    head = nn.Linear(features.shape[1], int(y.max()) + 1)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
    for _ in range(epochs):
        optimizer.zero_grad()
        F.cross_entropy(head(features), y).backward()
        optimizer.step()
    return head


def fine_tune(extractor, head, X, y, lr_base, lr_head, epochs):
    for p in extractor.parameters():
        p.requires_grad = True
    extractor.train()
    head.train()
    optimizer = torch.optim.Adam(
        [{"params": extractor.parameters(), "lr": lr_base}, {"params": head.parameters(), "lr": lr_head}]
    )
    for _ in range(epochs):
        for chosen in torch.randperm(len(X)).split(10):
            optimizer.zero_grad()
            F.cross_entropy(head(extractor(X[chosen])), y[chosen]).backward()
            optimizer.step()
    extractor.eval()
    head.eval()

"""A deep copy with nn.Identity for its classifier; batches through the frozen base; batch norm frozen in fine-tuning."""

import copy

import torch
import torch.nn as nn


class Normalise(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean, self.std = float(mean), float(std)

    def forward(self, x):
        return (x - self.mean) / self.std


def make_extractor(model):
    base = copy.deepcopy(model)
    base.fc = nn.Identity()
    return nn.Sequential(Normalise(model.mean, model.std), base)


def freeze(m):
    m.eval()
    m.requires_grad_(False)
    return m


def train_head(extractor, X, y, epochs=100):
    freeze(extractor)
    head = nn.Linear(64, len(torch.unique(y)))
    optimizer = torch.optim.AdamW(head.parameters(), lr=5e-3)
    for _ in range(epochs):
        order = torch.randperm(len(X))
        for start in range(0, len(X), 20):
            batch = order[start : start + 20]
            with torch.no_grad():
                features = extractor(X[batch])
            loss = nn.CrossEntropyLoss()(head(features), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return head


def fine_tune(extractor, head, X, y, lr_base, lr_head, epochs):
    extractor.requires_grad_(True)
    extractor.eval()
    head.eval()
    base_optimizer = torch.optim.Adam(extractor.parameters(), lr=lr_base)
    head_optimizer = torch.optim.Adam(head.parameters(), lr=lr_head)
    for _ in range(epochs):
        order = torch.randperm(len(X))
        for start in range(0, len(X), 8):
            batch = order[start : start + 8]
            base_optimizer.zero_grad()
            head_optimizer.zero_grad()
            nn.CrossEntropyLoss()(head(extractor(X[batch])), y[batch]).backward()
            base_optimizer.step()
            head_optimizer.step()

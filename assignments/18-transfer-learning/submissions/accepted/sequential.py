"""A sequence of the model's own children behind a normalising convolution's place; SGD with momentum for the head."""

import torch
from torch import nn
from torch.nn import functional as F


class Scale(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.register_buffer("factor", 1 / model.std)
        self.register_buffer("shift", -model.mean / model.std)

    def forward(self, x):
        return torch.addcmul(self.shift, x, self.factor)


def make_extractor(model):
    layers = [child for name, child in model.named_children() if name != "fc"]
    return nn.Sequential(Scale(model), *layers, nn.Flatten())


def freeze(m):
    for module in m.modules():
        module.training = False
        for p in module.parameters(recurse=False):
            p.requires_grad_(False)
    return m


@torch.no_grad()
def features_of(extractor, X):
    return torch.cat([extractor(part) for part in X.split(16)])


def train_head(extractor, X, y, epochs=100):
    features = features_of(freeze(extractor), X)
    head = nn.Linear(features.shape[1], 1 + y.max().item())
    optimizer = torch.optim.SGD(head.parameters(), lr=0.2, momentum=0.9)
    for _ in range(epochs):
        loss = F.cross_entropy(head(features), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head


def fine_tune(extractor, head, X, y, lr_base, lr_head, epochs):
    extractor.train().requires_grad_(True)
    base, top = list(extractor.parameters()), list(head.parameters())
    optimizer = torch.optim.AdamW([{"params": top}, {"params": base, "lr": lr_base}], lr=lr_head, weight_decay=1e-4)
    for _ in range(epochs):
        for part in torch.randperm(len(X)).chunk(4):
            loss = F.cross_entropy(head(extractor(X[part])), y[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    extractor.eval()

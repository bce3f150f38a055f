"""Transfer learning: a small network whose convolutions are used again, frozen or fine-tuned, under a new head.

J. Yosinski, J. Clune, Y. Bengio, H. Lipson, "How transferable are features in deep neural networks?", 2014; a smaller
learning rate for the base as in CS231n, "Transfer Learning".
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name


class SmallCNN(nn.Module):
    """Four stages of convolution, batch norm, ReLU and pooling, the mean of each map, and a linear classifier.

    Takes images (N, 1, 32, 32) that are normalised by `mean` and `std`, gives logits (N, num_classes).
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, num_classes: int = 6) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("std", torch.ones(()))
        layers: list[nn.Module] = []
        channels = 1
        for maps in (8, 16, 32, 64):
            layers += [nn.Conv2d(channels, maps, 3, padding=1, bias=False), nn.BatchNorm2d(maps), nn.ReLU()]
            layers.append(nn.MaxPool2d(2))
            channels = maps
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (N, num_classes) for normalised images (N, 1, 32, 32)."""
        return self.fc(self.pool(self.features(x)).flatten(1))  # type: ignore[no-any-return]


class Extractor(nn.Module):
    """A SmallCNN up to its classifier: raw images (N, 1, 32, 32) to features (N, 64). It shares the model's layers."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, model: SmallCNN) -> None:
        super().__init__()
        self.register_buffer("mean", model.mean)
        self.register_buffer("std", model.std)
        self.features, self.pool = model.features, model.pool

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise as in pretraining, then the features."""
        normalised = (x - self.mean) / self.std
        return self.pool(self.features(normalised)).flatten(1)  # type: ignore[no-any-return]


def make_extractor(model: SmallCNN) -> Extractor:
    """The model without its classifier, for raw images (N, 1, 32, 32): features (N, 64). The model stays whole."""
    return Extractor(model)


def freeze(m: nn.Module) -> nn.Module:
    """Keep a module as it is: no parameter needs a gradient, and batch norm's statistics are used, not updated."""
    m.requires_grad_(False)
    return m.eval()


def train_head(extractor: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 100) -> nn.Linear:
    """A linear classifier of the features of images X (N, 1, 32, 32) with labels y (N,) from 0 to K - 1.

    The extractor is frozen; so the features of an image are always the same, and are computed once.
    """
    features = freeze(extractor)(X)
    head = nn.Linear(features.shape[1], int(y.max()) + 1)
    train(head, torch.optim.Adam(head.parameters(), lr=0.01), features, y, epochs, batch=len(y))
    return head


def fine_tune(
    extractor: nn.Module,
    head: nn.Linear,
    X: torch.Tensor,
    y: torch.Tensor,
    lr_base: float,
    lr_head: float,
    epochs: int,
) -> None:
    """Train the pretrained extractor further, together with a head that is trained already: both in place, by Adam.

    `lr_base` is the learning rate of the extractor, usually a tenth of the head's. Both end in evaluation mode.
    """
    whole = nn.Sequential(extractor, head)
    whole.requires_grad_(True)
    whole.train()
    groups = [{"params": extractor.parameters(), "lr": lr_base}, {"params": head.parameters(), "lr": lr_head}]
    train(whole, torch.optim.Adam(groups), X, y, epochs, batch=10)
    whole.eval()


def pretrain(images: torch.Tensor, labels: torch.Tensor, epochs: int = 6) -> SmallCNN:
    """A SmallCNN trained on images (N, 1, 32, 32) and labels (N,), with their mean and spread; in evaluation mode.

    Its weights depend on torch's global seed.
    """
    model = SmallCNN(int(labels.max()) + 1)
    model.mean.copy_(images.mean())
    model.std.copy_(images.std())
    normalised = (images - model.mean) / model.std
    train(model, torch.optim.Adam(model.parameters(), lr=2e-3), normalised, labels, epochs, batch=64)
    return model.eval()


def train(
    net: nn.Module, optimizer: torch.optim.Optimizer, X: torch.Tensor, y: torch.Tensor, epochs: int, batch: int
) -> None:
    """Go so often through inputs X (N, ...) and labels y (N,), in batches and random order, on the cross-entropy."""
    for _ in range(epochs):
        for chosen in torch.split(torch.randperm(len(X)), batch):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(X[chosen]), y[chosen])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()

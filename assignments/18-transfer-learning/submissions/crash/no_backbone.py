"""Asks the model for a part that it does not have, and ends the process while fine-tuning."""

import os

from torch import nn


def make_extractor(model):
    return model.backbone


def freeze(m):
    for p in m.parameters:
        p.requires_grad = False
    return m.eval()


def train_head(extractor, X, y, epochs=100):
    return nn.Linear(len(extractor.channels), int(y.max()) + 1)


def fine_tune(extractor, head, X, y, lr_base, lr_head, epochs):
    os._exit(1)

"""What the statement of transfer learning says is true, and its starter has the network that the checks use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from torch import nn

from reference.models.cost import count_parameters
from reference.models.transfer import SmallCNN, make_extractor

FOLDER = Path(__file__).parents[2] / "assignments" / "18-transfer-learning"
STATEMENT = (FOLDER / "statement.md").read_text(encoding="utf-8")


def test_example_prints_what_it_promises(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.findall(r"```python\n(.*?)```", STATEMENT, flags=re.DOTALL)[-1]
    exec(code, {"torch": torch, "nn": nn})
    promised = re.findall(r"print\(.*\)\s+# (.*)", code)
    assert capsys.readouterr().out.splitlines() == promised
    assert len(promised) == 3


def test_parameters_of_base_and_head_are_those_of_the_network() -> None:
    base, head = make_extractor(SmallCNN()), nn.Linear(64, 4)
    assert f"the base has {count_parameters(base):,}.".replace(",", " ") in STATEMENT
    assert rf"$4 \cdot 64 + 4 = {count_parameters(head)}$" in STATEMENT


def test_picture_shows_the_maps_after_each_pooling() -> None:
    maps, shapes = torch.zeros(1, 1, 32, 32), ["1@32×32"]
    for layer in SmallCNN().features:
        maps = layer(maps)
        if isinstance(layer, nn.MaxPool2d):
            shapes.append(f"{maps.shape[1]}@{maps.shape[2]}×{maps.shape[3]}")
    assert f'chain="{" -> ".join(shapes)} -> 64 -> K"' in STATEMENT


def test_starter_has_the_network_that_the_checks_use() -> None:
    names: dict = {}
    exec(compile((FOLDER / "starter.py").read_text(encoding="utf-8"), "starter.py", "exec"), names)
    own, ours, images = names["SmallCNN"](), SmallCNN().train(), torch.randn(3, 1, 32, 32)
    own.load_state_dict(ours.state_dict())
    torch.testing.assert_close(own(images), ours(images))

"""What the statement of DenseNet and MobileNet works out is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from reference.models.cost import count_buffers, count_parameters, mult_adds
from reference.models.densenet import DenseBlock, Transition, densenet
from reference.models.mobilenet import DepthwiseSeparable, mobilenet_v1

PATH = Path(__file__).parents[2] / "assignments" / "17-densenet-mobilenet" / "statement.md"
STATEMENT = PATH.read_text(encoding="utf-8")


def test_example_prints_what_it_promises(capsys: pytest.CaptureFixture[str]) -> None:
    example = re.findall(r"```python\n(.*?)```", STATEMENT, flags=re.DOTALL)[-1]
    written = (DepthwiseSeparable, mobilenet_v1, DenseBlock, Transition, densenet, count_parameters)
    exec(example, {"torch": torch} | {entry.__name__: entry for entry in written})
    promised = re.findall(r"print\(.*\)\s+# (.*)", example)
    assert capsys.readouterr().out.splitlines() == promised
    assert len(promised) == 7


def test_mult_adds_are_those_of_the_references() -> None:
    with torch.device("meta"):
        networks = (mobilenet_v1(), mobilenet_v1(full=True), densenet())
    costs = [mult_adds(net, (3, 224, 224)) for net in networks]
    assert all(f"{cost:,}".replace(",", " ") in STATEMENT for cost in costs)
    assert f"{costs[1] / costs[0]:.2f} times fewer operations" in STATEMENT


def test_parameters_are_compared_rightly_and_buffers_apart() -> None:
    with torch.device("meta"):
        net, twin = mobilenet_v1(), mobilenet_v1(full=True)
    assert f"{count_parameters(twin) / count_parameters(net):.1f} times fewer parameters" in STATEMENT
    assert f"{count_parameters(net) + count_buffers(net):,}".replace(",", " ") in STATEMENT


def test_weights_of_a_separable_convolution() -> None:
    kernels = [p.numel() for p in DepthwiseSeparable(32, 64).parameters() if p.ndim > 1]
    assert kernels == [288, 2048]
    assert sum(kernels) / (9 * 32 * 64) == pytest.approx(1 / 64 + 1 / 9)
    assert r"2\,336 / 18\,432 = 0.127 = \frac{1}{64} + \frac{1}{9}" in STATEMENT

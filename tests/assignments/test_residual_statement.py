"""The numbers in the statement on residual networks are those of the reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from grader.authoring.networks import blank, running_of, tensors_of
from reference.models.resnet import DEPTHS, BasicBlock, Bottleneck, resnet

STATEMENT = (Path(__file__).parents[2] / "assignments" / "16-residual-networks" / "statement.md").read_text("utf-8")
IMAGE = (3, 224, 224)


def rows(start: str) -> list[list[str]]:
    """The cells of the table's rows that begin with `start`."""
    found = re.findall(rf"^\| ({start}.*?) \|$", STATEMENT, flags=re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in found]


def test_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.findall(r"```python\n(.*?)```", STATEMENT, flags=re.DOTALL)[-1]
    exec(code, {"torch": torch, "BasicBlock": BasicBlock, "resnet": resnet})
    promised = re.findall(r"print\(.*\)\s+# (.*)", code)
    assert capsys.readouterr().out.splitlines() == promised
    assert len(promised) == 3


@pytest.mark.parametrize("depth", DEPTHS)
def test_table_of_networks(depth: int) -> None:
    ((_, parameters, work, paper_work),) = rows(f"ResNet-{depth}")
    nets = {version: blank(resnet, depth, version=version) for version in ("v1.5", "v1")}
    assert f"{tensors_of(nets['v1.5']).count:,}".replace(",", " ") == parameters
    assert f"{running_of(nets['v1.5'], IMAGE).mult_adds:,}".replace(",", " ") == work
    if depth >= 50:
        assert f"{running_of(nets['v1'], IMAGE).mult_adds:,}".replace(",", " ") == paper_work


def test_table_of_blocks() -> None:
    blocks = {"BasicBlock(64, 64)": BasicBlock(64, 64), "BasicBlock(64, 128, 2)": BasicBlock(64, 128, 2)}
    blocks["Bottleneck(256, 64)"] = Bottleneck(256, 64)
    shown = {name.strip("`"): cells for name, *cells in rows(r"`\w+\([0-9]")}
    assert set(shown) == set(blocks)
    for name, block in blocks.items():
        *terms, total = shown[name]
        assert int(total.replace(" ", "")) == tensors_of(block).count
        sums = [re.sub(r"\\cdot|\\,", "*", term.strip("$")) for term in terms if term != "none"]
        assert sum(eval(text) for text in sums) == tensors_of(block).count


def test_table_of_stages() -> None:
    counts = list(zip(*([int(n) for n in cells[3:]] for cells in rows("conv[2-5]_x")), strict=True))
    assert counts == list(DEPTHS.values())

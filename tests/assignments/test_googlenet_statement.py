"""What the statement on GoogLeNet promises is true of the reference."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from grader.authoring.networks import blank, running_of
from reference.models.googlenet import INCEPTIONS, AuxHead, GoogLeNet, Inception, total_loss

STATEMENT = (Path(__file__).parents[2] / "assignments/15-inception/statement.md").read_text(encoding="utf-8")


def test_example_prints_what_it_promises(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.findall(r"```python\n(.*?)```", STATEMENT, flags=re.DOTALL)[-1]
    names = {"torch": torch, "Inception": Inception, "GoogLeNet": partial(GoogLeNet, lrn=False)}
    exec(code, names | {"total_loss": total_loss})
    assert capsys.readouterr().out.splitlines() == re.findall(r"print\(.*\)\s+# (.*)", code)


@pytest.mark.parametrize("name", INCEPTIONS)
def test_row_of_a_module_has_the_reference_s_widths(name: str) -> None:
    (row,) = re.findall(rf"^\| {name.removeprefix('inception')} \|(.*)\|$", STATEMENT, flags=re.MULTILINE)
    assert tuple(int(cell) for cell in row.split("|")[2:]) == INCEPTIONS[name][1:]


def test_costs_of_module_3a_are_the_reference_s() -> None:
    net = Inception(*INCEPTIONS["inception3a"])
    convolutions = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    counts = [sum(p.numel() for p in conv.parameters()) for conv in convolutions]
    costs = [conv.weight.numel() * 28 * 28 for conv in convolutions]
    rows = re.findall(r"^\| \d×\d, \d+ to \d+ \| ([\d ]+) \| ([\d ]+) \|$", STATEMENT, flags=re.MULTILINE)
    assert [number(cell) for cell, _ in rows] == counts
    assert [number(cell) for _, cell in rows] == costs
    assert f"| **{spaced(sum(counts))}** | **{spaced(sum(costs))}** |" in STATEMENT


def test_totals_are_the_reference_s() -> None:
    alone, whole = (blank(GoogLeNet, aux=aux, lrn=False) for aux in (False, True))
    assert f"**{spaced(count(alone))}** parameters" in STATEMENT
    assert f"heads {spaced(count(whole))}" in STATEMENT.replace("\n", " ")
    assert f"**{spaced(running_of(alone, (3, 224, 224)).mult_adds)}** multiply-accumulates" in STATEMENT
    assert f"Its {spaced(count(blank(AuxHead, 512)))} parameters" in STATEMENT


def count(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def number(text: str) -> int:
    return int(text.replace(" ", ""))


def spaced(value: int) -> str:
    return f"{value:,}".replace(",", " ")

"""The worked examples of the assignments that count (parameters, sizes, a network's costs) are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reference.accountant import analyse, lint
from reference.parameters import conv_params, local_params, memory, mlp_params
from reference.sizes import extent, output_size, receptive_field, same_pad

ROOT = Path(__file__).parents[2] / "assignments"


def conv_out(n: int, k: int, stride: int = 1, pad: int = 0, dilation: int = 1, strict: bool = False) -> int:
    """The reference under the names that students have."""
    return output_size(n, k, stride, pad, dilation, strict=strict)


SOLUTIONS = {
    "analyse": analyse,
    "conv_out": conv_out,
    "conv_params": conv_params,
    "lint": lint,
    "local_params": local_params,
    "memory": memory,
    "mlp_params": mlp_params,
    "receptive_field": receptive_field,
    "same_pad": same_pad,
}


def statement(folder: str) -> str:
    return (ROOT / folder / "statement.md").read_text(encoding="utf-8")


def table(folder: str, first_cell: str) -> list[list[str]]:
    """The rows of the table whose head begins with that cell, without head and ruler."""
    lines = statement(folder).split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_cell} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def number(cell: str) -> int:
    """16000 of `$2000 \\cdot 8 = 16\\,000$` or of `16000`."""
    return int(re.sub(r"\\,|[$*\s]", "", cell.rsplit("=", maxsplit=1)[-1]))


@pytest.mark.parametrize("folder", ["01-parameters", "03-sizes", "13-accountant"])
def test_example_prints_what_its_comments_promise(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = re.findall(r"```python\n(.*?)```", statement(folder), flags=re.DOTALL)[-1]
    exec(code, dict(SOLUTIONS))
    promised = re.findall(r"print\(.*\)  # (.*)", code)
    assert capsys.readouterr().out.splitlines() == promised
    assert promised


def test_parameters_table_of_calls() -> None:
    rows = table("01-parameters", "call")
    assert len(rows) == 7
    for call, by_hand, result in rows:
        assert eval(call.strip("`"), dict(SOLUTIONS)) == number(result), call
        assert eval(by_hand.strip("$").replace(r"\cdot", "*")) == number(result), by_hand


def test_sizes_table_of_layers() -> None:
    rows = table("03-sizes", "n")
    assert len(rows) == 5
    for *settings, quotient, size, strictly in rows:
        n, k, stride, pad, dilation = map(int, settings)
        room = n + 2 * pad - extent(k, dilation)
        assert float(quotient) == pytest.approx(room / stride + 1, abs=0.005)
        assert size == said(n, k, stride, pad, dilation)
        assert strictly == said(n, k, stride, pad, dilation, strict=True)


def said(*settings: int, strict: bool = False) -> str:
    """The size as the table writes it."""
    try:
        return str(output_size(*settings, strict=strict))
    except ValueError:
        return "`ValueError`"


def test_sizes_table_of_lenet_fields() -> None:
    rows, layers = table("03-sizes", "layer"), []
    for _, k, stride, step, adds, field in rows:
        before = receptive_field(layers)
        layers.append((int(k), int(stride), 1))
        assert receptive_field(layers) == int(field)
        assert number(adds) == int(field) - before == int(step) * (int(k) - 1)
    assert len(rows) == 4


def test_accountant_table_of_lenet() -> None:
    code = re.findall(r"```python\n(.*?)```", statement("13-accountant"), flags=re.DOTALL)[-1]
    names = {**SOLUTIONS, "print": lambda *_: None}
    exec(code, names)
    *rows, totals = table("13-accountant", "layer")
    for (name, _, out, params, macs), row in zip(rows, names["rows"], strict=True):
        assert (name, eval(out), number(params), number(macs)) == (row["name"], row["out"], row["params"], row["macs"])
    assert [number(total) for total in totals[-2:]] == [61_706, 416_520]


def test_accountant_share_of_the_convolutions() -> None:
    rows = {name: (number(params), number(macs)) for name, _, _, params, macs in table("13-accountant", "layer")[:-1]}
    shares = [sum(rows[name][i] for name in ("c1", "c3")) / sum(row[i] for row in rows.values()) for i in (0, 1)]
    assert [f"{share:.0%}" for share in shares] == ["4%", "86%"]
    assert "have 4 % of the parameters and 86 % of the work" in statement("13-accountant")


def test_figures_of_the_lectures_are_those_of_the_references() -> None:
    text = statement("01-parameters").replace(r"\,", " ")
    size = memory(262144**2)
    for figure in (
        mlp_params([262144, 262144, 1]),
        mlp_params([262144, 262144], bias=False),
        size["bytes"],
        local_params(262144, 3),
        local_params(262144, 9),
        mlp_params([3072, 4], bias=False),
        mlp_params([3072, 4]),
        local_params(55 * 55 * 96, 11 * 11 * 3, bias=True),
        conv_params(3, 96, 11),
    ):
        assert f"{figure:,}".replace(",", " ") in text, figure
    assert f"{size['GB']:.1f} GB or {size['GiB']:.0f} GiB" in text
    assert f"= {262144 / 3:,.0f}".replace(",", " ") in text
    assert size["bytes"] / 1024 / 1e6 == pytest.approx(268, abs=0.5)

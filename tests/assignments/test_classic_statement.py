"""The worked example and the tables of the assignment on AlexNet, ZFNet and VGG are true."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import torch

from reference.models.catalogue import find
from reference.models.cost import count_parameters, layer_costs, stage_shapes
from reference.models.vgg import configuration
from server.rendering.markdown import statement_html

FOLDER = Path(__file__).parents[2] / "assignments" / "14-classic-networks"
STATEMENT = (FOLDER / "statement.md").read_text(encoding="utf-8")
NETWORKS = {
    "AlexNet, two groups": "alexnet",
    "AlexNet, one group": "alexnet-ungrouped",
    **{name: name for name in ("ZFNet", "VGG-11", "VGG-16", "VGG-19")},
}


def rows(first_cell: str, last_cell: str) -> list[list[str]]:
    """The rows of the table whose head begins and ends with those cells, without head and ruler."""
    found = re.search(rf"^\| {first_cell} \|.* {last_cell} \|\n\|[-|]+\n((?:\|.*\n)+)", STATEMENT, flags=re.MULTILINE)
    assert found
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()]


def number(cell: str) -> int:
    return int(cell.replace(" ", ""))


def test_table_of_parameters() -> None:
    table = rows("network", "mult-adds")
    assert [name for name, *_ in table] == list(NETWORKS)
    for name, parameters, in_fc6, share, work in table:
        architecture = find(NETWORKS[name])
        with torch.device("meta"):
            net = architecture.build()
        assert number(parameters) == count_parameters(net)
        assert number(in_fc6) == count_parameters(net.fc6)
        assert share == f"{count_parameters(net.fc6) / count_parameters(net):.0%}".replace("%", " %")
        assert number(work) == sum(layer.mult_adds for layer in layer_costs(net, architecture.input))


@pytest.mark.parametrize(("name", "table"), [("alexnet", 0), ("zfnet", 1)])
def test_table_of_layers(name: str, table: int) -> None:
    found = re.findall(
        r"^\| (?:normalisation, )?((?:conv|pool)\d)\b.* (\d+) × (\d+) × (\d+) \|$", STATEMENT, re.MULTILINE
    )
    shapes = {layer: tuple(map(int, shape)) for layer, *shape in found[8 * table : 8 * table + 8]}
    architecture = find(name)
    with torch.device("meta"):
        net = architecture.build()
    assert shapes == {layer: shape for layer, shape in stage_shapes(net, architecture.input).items() if layer in shapes}
    assert len(shapes) == 8


def test_configurations_are_those_of_the_reference() -> None:
    for depth in (11, 16):
        assert f"| VGG-{depth} | `{configuration(depth)}` |".replace("'", '"') in STATEMENT


def test_example_prints_what_its_comments_promise(capsys: pytest.CaptureFixture[str]) -> None:
    path = FOLDER / "submissions" / "accepted" / "sequences.py"
    spec = importlib.util.spec_from_file_location("sequences", path)
    assert spec
    assert spec.loader
    solution = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(solution)
    code = re.findall(r"```python\n(.*?)```", STATEMENT, flags=re.DOTALL)[-1]
    with torch.device("meta"):
        exec(code, vars(solution))
    promised = re.findall(r"print\(.*\)  # (.*)", code)
    assert capsys.readouterr().out.splitlines() == promised
    assert promised


def test_figures_in_the_text() -> None:
    assert 256 * (48 * 25 + 1) == 307_456
    assert 256 * (96 * 25 + 1) == 614_656
    assert 4096 * (512 * 7 * 7 + 1) == 102_764_544
    assert 4096 * (16 * 7 * 7 + 1) == 3_215_360
    for figure in (r"307\,456", r"614\,656", r"102\,764\,544", "3 215 360"):
        assert figure in STATEMENT


def test_picture_can_be_drawn() -> None:
    html = statement_html(STATEMENT, "/")
    assert html.count("<figure") == STATEMENT.count("```picture") > 0
    assert "picture-refused" not in html

"""`stride model NAME`: a reference architecture layer by layer, with its parameters and multiply-accumulates."""

from __future__ import annotations

import dataclasses
import difflib
import json
import sys
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from reference.models.catalogue import ARCHITECTURES, Architecture, find

COUNTING = (
    "Mult-adds are multiply-accumulates of convolutions and linear layers for one image, without biases;"
    " counted as FLOPs they are twice as many."
)
TOTALS = {"parameters": "Parameters", "mult_adds": "Mult-adds"}


@click.command()
@click.argument("name", required=False)
@click.option("--list", "as_list", is_flag=True, help="List the architectures.")
@click.option("--size", type=click.IntRange(1, 4096), help="Height and width of the input; else as published.")
@click.option("--classes", type=click.IntRange(1), help="Number of classes; else as published.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
def model(name: str | None, as_list: bool, size: int | None, classes: int | None, as_json: bool) -> None:
    """Print the layers of a reference architecture: shapes, parameters, mult-adds.

    NAME is one of `stride model --list`, for example vgg16 or resnet50-v1.
    """
    if as_list:
        _list(as_json)
        return
    if name is None:
        raise click.UsageError("name an architecture, or ask for all with --list")
    architecture = _find(name)
    account = account_of(architecture, size, classes)
    if as_json:
        _write(account)
    else:
        _show(architecture.title, account)


def _find(name: str) -> Architecture:
    try:
        return find(name)
    except KeyError:
        near = difflib.get_close_matches(name.lower(), ARCHITECTURES, n=4, cutoff=0.5)
        advice = f"near it: {', '.join(near)}" if near else "stride model --list names all"
        raise click.BadParameter(f"there is no architecture {name!r}; {advice}", param_hint="NAME") from None


def account_of(architecture: Architecture, size: int | None = None, classes: int | None = None) -> dict[str, Any]:
    """An architecture's account as JSON-ready values: layers, stages and totals.

    Raises click.BadParameter for an image that is too small for the network, or too large for its linear layers.
    """
    import torch

    from reference.models.cost import count_buffers, count_parameters, layer_costs, stage_shapes

    channels, side = architecture.input[0], size or architecture.input[1]
    shape = (channels, side, side)
    with torch.device("meta"):
        net = architecture.build(classes)
    try:
        # Training, so that auxiliary heads run; a stage's shape is that of the network that is used.
        layers = layer_costs(net.train(), shape)
        stages = stage_shapes(net.eval(), shape)
    except RuntimeError as error:
        published = f"{architecture.name} reads {architecture.input[1]}x{architecture.input[2]} as published"
        message = f"{published}, and not {side}x{side}: {error}"
        raise click.BadParameter(message, param_hint="--size") from error
    return {
        "name": architecture.name,
        "input": shape,
        "layers": [dataclasses.asdict(layer) for layer in layers],
        "stages": [{"name": name, "output": output} for name, output in stages.items()],
        "parameters": count_parameters(net),
        "buffers": count_buffers(net),
        "mult_adds": sum(layer.mult_adds for layer in layers),
        "convention": f"{COUNTING} {architecture.note}".strip(),
    }


def _list(as_json: bool) -> None:
    if as_json:
        _write([{"name": name, "title": known.title, "input": known.input} for name, known in ARCHITECTURES.items()])
        return
    table = Table("Name", "Architecture", "Input", show_edge=False)
    for name, known in ARCHITECTURES.items():
        table.add_row(name, known.title, _sides(known.input))
    Console().print(table)


def _show(title: str, account: dict[str, Any]) -> None:
    title = f"{title}, input {_sides(account['input'])}"
    table = Table(title=title, title_justify="left", show_footer=True, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.pad_edge = table.show_edge = False
    table.add_column("Layer", "Total", no_wrap=True)
    table.add_column("Type", overflow="fold")
    table.add_column("Output", justify="right", no_wrap=True)
    for total, heading in TOTALS.items():
        table.add_column(heading, f"{account[total]:,}", justify="right", no_wrap=True)
    for layer in account["layers"]:
        counts = (f"{layer[total]:,}" if layer[total] else "" for total in TOTALS)
        table.add_row(layer["name"], f"{layer['kind']} {layer['detail']}", _sides(layer["output"]), *counts)
    console = Console(highlight=False)
    console.print(table)
    for total, heading in TOTALS.items():
        largest = max(account["layers"], key=lambda layer: int(layer[total]))
        console.print(f"Most {heading.lower()}: {largest['name']}, {largest[total] / account[total]:.0%} of them")
    console.print(f"Buffers, which are kept and not trained: {account['buffers']:,}")
    console.print(account["convention"])


def _sides(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def _write(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2) + "\n")

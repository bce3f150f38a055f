"""`stride playground`: the course's two exercises as commands, an image in and a picture out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click
import numpy as np
import numpy.typing as npt

from reference.pooling import KINDS
from server.rendering.raster import SCALES, png, shade
from server.services.playground import convolution, pooling
from server.services.playground.images import DRAWINGS, SIZES, PictureError, decode
from server.services.playground.kernels import KERNELS
from server.services.playground.typed import OWN, RGB, Typed

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def playground() -> None:
    """Convolution and pooling to play with: an image in, a picture out, computed by the references that grade."""


def image_options(command: Command) -> Command:
    """The options that both exercises share."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print sizes and values as JSON on standard output."),
        click.option(
            "--enlarge", type=click.IntRange(1, 64), default=1, show_default=True, help="Pixels for each value in OUT."
        ),
        click.option("--scale", type=click.Choice(SCALES), default="auto", help="How values become colours in OUT."),
        click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write a PNG here."),
        click.option("--colour", is_flag=True, help="Three channels instead of grey."),
        click.option("--size", type=click.Choice([str(size) for size in SIZES]), help="Pixels of the longer side."),
        click.option(
            "--image", default="scene", show_default=True, help=f"A PNG or JPEG file, or one of {', '.join(DRAWINGS)}."
        ),
    ):
        command = option(command)
    return command


@playground.command()
@image_options
@click.option("--kernel", default="sobel-x", show_default=True, help='A name, or rows such as "0 1 0; 1 -4 1; 0 1 0".')
@click.option("--convolution", "is_turned", is_flag=True, help="Turn the kernel: convolution, not cross-correlation.")
@click.option("--stride", default="1", show_default=True)
@click.option("--pad", default="0", show_default=True, help="Zeros around the image.")
@click.option("--dilation", default="1", show_default=True)
def conv(kernel: str, is_turned: bool, stride: str, pad: str, dilation: str, **rest: Any) -> None:
    """Lay one kernel on an image."""
    texts = {
        **_kernel_texts(kernel),
        "operation": "convolution" if is_turned else "correlation",
        "stride": stride,
        "pad": pad,
        "dilation": dilation,
    }
    typed, own = _image(texts, rest)
    settings, _, outcome = convolution.play(typed, own)
    _refuse(typed)
    assert outcome is not None
    report = {"kernel": settings.weights.tolist(), "operation": settings.operation}
    _answer(outcome.output, outcome.image, outcome.sides, report, rest)


@playground.command()
@image_options
@click.option("--type", "kind", type=click.Choice(KINDS), default="max", show_default=True)
@click.option("--extent", default="2", show_default=True, help="The window's side, or HEIGHTxWIDTH.")
@click.option("--stride", help="By default the window's height.")
@click.option("--p", "exponent", default="2", show_default=True, help="The exponent of power pooling.")
@click.option("--shift", default="1,0", show_default=True, metavar="DX,DY", help="Move the image: what stays equal?")
def pool(kind: str, extent: str, stride: str | None, exponent: str, shift: str, **rest: Any) -> None:
    """Pool an image, and see what of it a shift of the image leaves equal."""
    height, _, width = extent.partition("x")
    dx, _, dy = shift.partition(",")
    texts = {
        "kind": kind,
        "height": height,
        "width": width or height,
        "stride": stride or height,
        "p": exponent,
        "dx": dx,
        "dy": dy or "0",
    }
    typed, own = _image(texts, rest)
    _, _, outcome, found = pooling.play(typed, own)
    _refuse(typed)
    assert outcome is not None
    assert found is not None
    kept = {each.kind: each.share for each in found.kept}
    report = {"type": kind, "shift": [found.dx, found.dy], "kept": kept, "kept_of_noise": found.theory}
    _answer(outcome.output, outcome.image, outcome.sides, report, rest)
    if not rest["as_json"]:
        shares = ", ".join(f"{name} {100 * share:.1f} %" for name, share in kept.items())
        click.echo(f"Equal after a shift by {found.dx}, {found.dy}: {shares}; max of noise {100 * found.theory:.1f} %.")


def _kernel_texts(kernel: str) -> dict[str, str]:
    name = kernel.strip().lower().replace("-", "_")
    if name in KERNELS:
        return {"kernel": name}
    if not any(letter.isdigit() for letter in kernel):
        names = ", ".join(KERNELS).replace("_", "-")
        raise click.UsageError(f"There is no kernel “{kernel[:40]}”. There are {names}, and rows of numbers.")
    return {"kernel": OWN, "numbers": kernel}


def _image(texts: dict[str, str], rest: dict[str, Any]) -> tuple[Typed, RGB | None]:
    """The fields with the image's, and the file's picture where the image is one."""
    texts |= {"colour": "colour" if rest["colour"] else "grey", "image": rest["image"], "size": rest["size"] or ""}
    if rest["image"] in DRAWINGS:
        return Typed(texts), None
    path = Path(rest["image"])
    texts |= {"image": OWN, "size": rest["size"] or str(SIZES[-1])}
    try:
        return Typed(texts), decode(path.read_bytes())
    except PictureError as error:
        raise click.UsageError(f"{path}: {error}") from error
    except OSError as error:
        drawn = ", ".join(DRAWINGS)
        raise click.UsageError(f"{path} cannot be read ({error.strerror}), nor is it one of {drawn}.") from error


def _refuse(typed: Typed) -> None:
    """End with what is wrong with the options. Raises UsageError."""
    if typed.errors:
        raise click.UsageError(" ".join(typed.errors.values()))


def _answer(
    output: npt.NDArray[np.float64],
    image: npt.NDArray[np.float64],
    sides: Iterable[convolution.Side | pooling.Side],
    report: dict[str, Any],
    rest: dict[str, Any],
) -> None:
    """Write the picture, and say the sizes with their formulas."""
    shaded, path = shade(output, rest["scale"]), rest["output"]
    if path is not None:
        try:
            path.write_bytes(png(shaded.pixels, rest["enlarge"]))
        except OSError as error:
            raise click.UsageError(f"{path} cannot be written: {error.strerror}.") from error
    formulas = {name: side.formula for name, side in zip(("height", "width"), sides, strict=True)}
    if rest["as_json"]:
        shown = {
            "input": list(image.shape),
            "output": list(output.shape),
            "formula": formulas,
            **report,
            "smallest": float(output.min()),
            "largest": float(output.max()),
            "written": str(path) if path is not None else None,
        }
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for name, formula in formulas.items():
        click.echo(f"{name}: {formula}")
    click.echo(f"values from {output.min():g} to {output.max():g}")
    if path is not None:
        click.echo(f"Wrote {path}. {shaded.legend}")

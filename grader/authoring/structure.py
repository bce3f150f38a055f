"""What a network is made of and what it does to an image: parameters and buffers, shapes on the way, mult-adds."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from torch import nn

from grader.authoring.comparisons import expect
from grader.authoring.snippets import NAMES, RUNNING, TENSORS, function

if TYPE_CHECKING:
    from grader.judge.student import Student

Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tensors:
    """What a network remembers, each tensor with its name and shape, in their order.

    `parameters` are those that training changes, `frozen` the others, `buffers` those of floating point.
    """

    parameters: tuple[tuple[str, Shape], ...]
    frozen: tuple[tuple[str, Shape], ...]
    buffers: tuple[tuple[str, Shape], ...]

    @property
    def count(self) -> int:
        """How many numbers training may change."""
        return sum(int(np.prod(shape)) for _, shape in self.parameters)


@dataclass(frozen=True, slots=True)
class Running:
    """What a network does to one image.

    `ran` are the convolutions, products and poolings in the order in which they ran, as torch calls them, with their
    output's shape without the batch, and their mult-adds; `out` are the outputs' shapes, with the batch.
    """

    ran: tuple[tuple[str, Shape, int], ...]
    out: tuple[Shape, ...]

    @property
    def mult_adds(self) -> int:
        """Multiply-accumulates for one image, in convolutions and linear layers."""
        return sum(products for _, _, products in self.ran)

    @property
    def maps(self) -> tuple[Shape, ...]:
        """The shape (C, H, W) after each convolution and pooling, in the order in which they ran."""
        return tuple(shape for name, shape, _ in self.ran if len(shape) == 3)


def tensors(student: Student, net: Any) -> Tensors:
    """The parameters and buffers of the student's network. Raises CheckFailed where it is no nn.Module.

    Diagnosis compares their shapes, and not their names, which are the student's own.
    """
    shapes = student.run(TENSORS, net)
    expect(shapes is not None, "What you built is no nn.Module: derive the class from it, or return one.")
    return _tensors(shapes, student.aside(NAMES, net))


def tensors_of(net: nn.Module) -> Tensors:
    """The same of one of our own networks."""
    return _tensors(function(TENSORS)(net), function(NAMES)(net))


def running(student: Student, net: Any, shape: Shape, training: bool = False) -> Running:
    """What the student's network does to an image of `shape` (C, H, W), in evaluation or in training mode.

    Raises CheckFailed where it does not return tensors, StudentFault. torch could run it on the meta device, without
    arithmetic, but imports what takes three seconds for it.
    """
    return _running(student.run(RUNNING, net, list(shape), training))


def running_of(net: nn.Module, shape: Shape, training: bool = False) -> Running:
    """The same of one of our own networks."""
    return _running(function(RUNNING)(net, list(shape), training))


def expect_count(found: Tensors, expected: Tensors | int, what: str = "The network") -> None:
    """Fail unless the student's network has the expected number of trainable parameters."""
    count = expected if isinstance(expected, int) else expected.count
    told = f"{what} has {found.count:,} trainable parameters; {count:,} are expected."
    if found.count != count and not isinstance(expected, int):
        told += f" {first_difference(found.parameters, expected.parameters)}"
    expect(found.count == count, told)


def expect_mult_adds(found: Running, expected: Running | int, what: str = "The network") -> None:
    """Fail unless one image costs the student's network the expected mult-adds."""
    count = expected if isinstance(expected, int) else expected.mult_adds
    told = f"One image costs {what[:1].lower()}{what[1:]} {found.mult_adds:,} mult-adds; {count:,} are expected."
    expect(found.mult_adds == count, told)


def expect_maps(found: Running, expected: Running, in_any_order: bool = False) -> None:
    """Fail unless the convolutions and poolings give the expected shapes one after the other.

    `in_any_order` compares which shapes there are, for layers that stand side by side. Layers that leave a shape as it
    was may be called differently, so that only the places where the shape changes are compared.
    """
    got, wanted = (_changes(each.maps) for each in (found, expected))
    if in_any_order:
        got, wanted = sorted(set(got)), sorted(set(wanted))
    for number, (own, right) in enumerate(zip(got, wanted, strict=False), 1):
        told = f"Shape {number} on the way is {times(own)}; {times(right)} is expected there."
        expect(own == right, f"{told} Yours: {_chain(got)}. Expected: {_chain(wanted)}.")
    expect(len(got) == len(wanted), f"The shapes on the way are {_chain(got)}; {_chain(wanted)} is expected.")


def times(shape: Sequence[int]) -> str:
    """6 × 28 × 28."""
    return " × ".join(map(str, shape))


def called(name: str, *args: object, **settings: object) -> str:
    """How one writes the call in Python: `BasicBlock(4, 6)`, `mobilenet_v1(alpha=0.25)`."""
    return f"{name}({', '.join([*map(repr, args), *(f'{key}={value!r}' for key, value in settings.items())])})"


def first_difference(
    own: Sequence[tuple[str, Shape]],
    ours: Sequence[tuple[str, Shape]],
    kind: str = "parameters",
    in_any_order: bool = False,
) -> str:
    """Where two lists of named shapes part, in words; with `in_any_order` they are sorted first."""
    one = kind.removesuffix("s")
    if in_any_order:
        own, ours = (sorted(side, key=lambda named: named[1]) for side in (own, ours))
    matcher = difflib.SequenceMatcher(None, [shape for _, shape in own], [shape for _, shape in ours], autojunk=False)
    for tag, first, last, our_first, our_last in matcher.get_opcodes():
        if tag == "replace":
            (name, shape), (our_name, our_shape) = own[first], ours[our_first]
            return f"Your {one} {name} has shape {shape}; the reference's {our_name} has {our_shape} in its place."
        if tag == "delete":
            name, shape = own[first]
            more = f" (and {last - first - 1} more)" if last - first > 1 else ""
            return f"Your {one} {name} of shape {shape}{more} has no counterpart in the reference."
        if tag == "insert":
            our_name, our_shape = ours[our_first]
            place = f"After {own[first - 1][0]}" if first else "At the beginning"
            more = f" (and {our_last - our_first - 1} more)" if our_last - our_first > 1 else ""
            return f"{place} a {one} of shape {our_shape}{more} is missing; in the reference it is {our_name}."
    return ""


def _tensors(shapes: Mapping[str, Any], names: Mapping[str, Any]) -> Tensors:
    named = {
        kind: tuple((str(name), tuple(shape)) for name, shape in zip(names[kind], shapes[kind], strict=True))
        for kind in ("parameters", "frozen", "buffers")
    }
    return Tensors(**named)


def _running(found: Sequence[Any]) -> Running:
    ran, out = found
    expect(all(each is not None for each in out), "The network does not return tensors.")
    return Running(
        ran=tuple((str(name), tuple(shape), int(products)) for name, shape, products in ran),
        out=tuple(tuple(each) for each in out),
    )


def _changes(shapes: Sequence[Shape]) -> list[Shape]:
    """The shapes, each once where it stays for several layers."""
    return [shape for number, shape in enumerate(shapes) if number == 0 or shape != shapes[number - 1]]


def _chain(shapes: Sequence[Shape]) -> str:
    shown = [times(shape) for shape in shapes]
    if len(shown) > 14:
        shown = [*shown[:7], "…", *shown[-6:]]
    return " → ".join(shown) or "none"

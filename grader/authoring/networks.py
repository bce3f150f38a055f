"""Checks of torch networks by behaviour: the same weights in the student's network and in ours, the same outputs.

A network is a handle: it stays in the sandbox, and what is asked of it runs there. Weights are written in the order in
which `parameters()` gives them, so that no name is prescribed; both sides draw them from one seed, so that nothing of
the size of a network crosses.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from grader.authoring.comparisons import CheckFailed, expect, expect_close

if TYPE_CHECKING:
    from grader.judge.student import Student

Shape: TypeAlias = tuple[int, ...]
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)

# These functions run in the sandbox, beside the submission, and here on the reference.
BUILD = """
def build(name, seed, is_blank, args, kwargs):
    torch.manual_seed(seed)
    if not is_blank:
        return getattr(submission, name)(*args, **kwargs)
    with torch.device("meta"):
        net = getattr(submission, name)(*args, **kwargs)
    if isinstance(net, nn.Module):
        # The system hands out zeros page by page, as they are read: a hundred million of them cost nothing until then.
        net._apply(lambda t: torch.from_numpy(np.zeros(tuple(t.shape), torch.empty(0, dtype=t.dtype).numpy().dtype)))
    return net
"""

TENSORS = """
def tensors(net):
    if not isinstance(net, nn.Module):
        return None
    return {
        "parameters": [list(p.shape) for p in net.parameters() if p.requires_grad],
        "frozen": [list(p.shape) for p in net.parameters() if not p.requires_grad],
        "buffers": [list(b.shape) for b in net.buffers() if b.is_floating_point()],
    }
"""

NAMES = """
def names(net):
    return {
        "parameters": [name for name, p in net.named_parameters() if p.requires_grad],
        "frozen": [name for name, p in net.named_parameters() if not p.requires_grad],
        "buffers": [name for name, b in net.named_buffers() if b.is_floating_point()],
    }
"""

RUNNING = """
def running(net, shape, training):
    from torch.utils._python_dispatch import TorchDispatchMode

    ran = []

    class Watch(TorchDispatchMode):
        @classmethod
        def _should_skip_dynamo(cls):
            return False  # torch would import its compiler to do so, which takes longer than all the rest

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            out = function(*args, **(kwargs or {}))
            name = function.__name__.partition(".")[0]
            first = out[0] if isinstance(out, (tuple, list)) else out
            if name in ("convolution", "addmm", "mm", "bmm", "matmul"):
                if name == "convolution":
                    products = first[0].numel() * args[1][0].numel()
                else:
                    products = first.numel() // first.shape[0] * args[-2 if name != "addmm" else 1].shape[-1]
                ran.append([name, list(first.shape[1:]), products])
            elif "pool" in name or name == "mean":
                ran.append([name, list(first.shape[1:]), 0])
            return out

    modes = {module: module.training for module in net.modules()}
    net.train(training)
    with torch.no_grad(), Watch():
        out = net(torch.zeros(2 if training else 1, *shape))
    for module, mode in modes.items():
        module.training = mode
    outs = out if isinstance(out, (tuple, list)) else [out]
    return ran, [list(each.shape) if isinstance(each, torch.Tensor) else None for each in outs]
"""

WRITE = """
def write(net, plan, seed):
    generator = torch.Generator().manual_seed(seed)
    table = torch.randn(65521, generator=generator)
    tensors = [p for p in net.parameters() if p.requires_grad] + [b for b in net.buffers() if b.is_floating_point()]
    with torch.no_grad():
        for index, kind, number in plan:
            tensor = tensors[index]
            values, count = table.roll(7919 * number), tensor.numel()
            if kind == "kernel":
                values = values * (2 / max(1, tensor[0].numel())) ** 0.5
            elif kind == "scale":
                values = 0.5 + 0.1 * values.clamp(-4, 4)
            elif kind == "variance":
                values = 1 + 0.2 * values.clamp(-4, 4)
            else:
                values = 0.2 * values
            flat, whole = torch.empty(count), count // 65521
            flat[: whole * 65521].view(whole, 65521).copy_(values)
            flat[whole * 65521 :] = values[: count - whole * 65521]
            tensor.copy_(flat.view(tensor.shape))
"""

PREDICT = """
def predict(net, images, training, seed, chunk, keeps_dropout):
    torch.manual_seed(seed)
    net.train(training)
    for module in net.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.train(training and keeps_dropout)
    with torch.no_grad():
        parts = [net(part) for part in images.split(chunk)]
    if all(isinstance(part, torch.Tensor) for part in parts):
        return torch.cat(parts)
    return parts[0]
"""

GRADIENTS = """
def gradients(net, images, labels, seed):
    torch.manual_seed(seed)
    net.train()
    net.zero_grad()
    out = net(images)
    outs = out if isinstance(out, (tuple, list)) else [out]
    sum(F.cross_entropy(each, labels) for each in outs).backward()
    return [p.grad is not None and 0 < float(p.grad.abs().max()) < 1e9 for p in net.parameters()]
"""

PARAMETER_NAMES = """
def parameter_names(net):
    return [name for name, _ in net.named_parameters()]
"""


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


def build(
    student: Student, rng: np.random.Generator, name: str, *args: object, is_blank: bool = False, **kwargs: object
) -> Any:
    """The handle of `name(*args, **kwargs)`, built after `torch.manual_seed`, so that its weights are reproducible.

    A blank network has zeros for weights: it is built on the meta device, which saves the seconds that drawing a
    hundred million random numbers takes, where its weights are written afterwards or only its shapes are wanted.
    Raises StudentFault.
    """
    return student.run(BUILD, name, int(rng.integers(2**31)), is_blank, list(args), dict(kwargs))


def tensors(student: Student, net: Any) -> Tensors:
    """The parameters and buffers of the student's network. Raises CheckFailed where it is no nn.Module.

    Diagnosis compares their shapes, and not their names, which are the student's own.
    """
    shapes = student.run(TENSORS, net)
    expect(shapes is not None, "What you built is no nn.Module: derive the class from it, or return one.")
    return _tensors(shapes, student.aside(NAMES, net))


def tensors_of(net: nn.Module) -> Tensors:
    """The same of one of our own networks."""
    return _tensors(_function(TENSORS)(net), _function(NAMES)(net))


def running(student: Student, net: Any, shape: Shape, training: bool = False) -> Running:
    """What the student's network does to an image of `shape` (C, H, W), in evaluation or in training mode.

    Raises CheckFailed where it does not return tensors, StudentFault. torch could run it on the meta device, without
    arithmetic, but imports what takes three seconds for it.
    """
    return _running(student.run(RUNNING, net, list(shape), training))


def running_of(net: nn.Module, shape: Shape, training: bool = False) -> Running:
    """The same of one of our own networks."""
    return _running(_function(RUNNING)(net, list(shape), training))


def blank(build: Callable[..., nn.Module], *args: object, **kwargs: object) -> nn.Module:
    """One of our own networks with zeros for weights, in the same way as a blank one of the student's."""
    with torch.device("meta"):
        net = build(*args, **kwargs)
    net.load_state_dict({name: _zeros_like(tensor) for name, tensor in net.state_dict().items()}, assign=True)
    return net


def expect_count(found: Tensors, expected: Tensors | int, what: str = "The network") -> None:
    """Fail unless the student's network has the expected number of trainable parameters."""
    count = expected if isinstance(expected, int) else expected.count
    told = f"{what} has {found.count:,} trainable parameters; {count:,} are expected."
    if found.count != count and not isinstance(expected, int):
        told += f" {_first_difference(found.parameters, expected.parameters)}"
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


def write_weights(
    student: Student,
    rng: np.random.Generator,
    net: Any,
    right: nn.Module,
    *,
    in_any_order: bool = False,
) -> None:
    """Write the same random weights and buffers into the student's network and into `right`.

    They are matched by their order. With `in_any_order` those of one kind and shape get the same values, so that they
    may stand in any order: branches side by side have biases of the same length. Fails with the first that has no
    counterpart.
    """
    found, expected = tensors(student, net), tensors_of(right)
    for kind in ("parameters", "buffers"):
        own, ours = getattr(found, kind), getattr(expected, kind)
        if _shapes(own, in_any_order) != _shapes(ours, in_any_order):
            frozen = "" if not found.frozen else f" ({found.frozen[0][0]} has requires_grad=False.)"
            raise CheckFailed(_first_difference(own, ours, kind, in_any_order) + frozen)
    plan, our_plan = _plans(found, expected, right, in_any_order)
    seed = int(rng.integers(2**31))
    student.run(WRITE, net, plan, seed)
    _function(WRITE)(right, our_plan, seed)


def expect_same_outputs(
    student: Student,
    net: Any,
    right: nn.Module,
    images: torch.Tensor,
    *,
    modes: Sequence[str] = ("evaluation", "training"),
    rtol: float = 1e-3,
    what: str = "the logits",
) -> None:
    """Fail unless both networks give the same outputs, up to `rtol` times the largest of them.

    In training mode dropout (nn.Dropout) leaves nothing out, on both sides. Fails as well where one gives several
    outputs and the other does not.
    """
    for mode in modes:
        is_training = mode == "training"
        got = student.run(PREDICT, net, images, is_training, 0, len(images), False)
        expected = _function(PREDICT)(
            right, images.to(next(right.parameters()).dtype), is_training, 0, len(images), False
        )
        own, ours = _several(got), _several(expected)
        told = f"In {mode} mode the network gives {len(own)} outputs; {len(ours)} are expected."
        expect(len(own) == len(ours), told)
        for number, (one, other) in enumerate(zip(own, ours, strict=True), 1):
            name = what if len(ours) == 1 else f"output {number}"
            scale = rtol * float(other.abs().max())
            expect_close(one, other, rtol=0.0, atol=scale, what=f"{name} in {mode} mode")


def expect_gradients(student: Student, net: Any, images: torch.Tensor, labels: torch.Tensor) -> None:
    """Fail unless the gradient of the cross-entropy (summed over several outputs) reaches every parameter."""
    reached: Sequence[bool] = student.run(GRADIENTS, net, images, labels, 0)
    expect(reached, "The network has no parameters.")
    names = student.aside(PARAMETER_NAMES, net)
    missed = [name for name, is_reached in zip(names, reached, strict=True) if not is_reached]
    told = f"After backward() these parameters have no finite gradient other than 0: {', '.join(missed[:12])}."
    expect(not missed, told)


def predict(
    student: Student, net: Any, images: torch.Tensor, chunk: int = 500, *, training: bool = False, seed: int = 0
) -> Any:
    """The student's logits, `chunk` images at a time, in evaluation mode or in training mode with its dropout."""
    return student.run(PREDICT, net, images, training, seed, chunk, True)


def times(shape: Sequence[int]) -> str:
    """6 × 28 × 28."""
    return " × ".join(map(str, shape))


def _zeros_like(tensor: torch.Tensor) -> torch.Tensor:
    """Zeros of that shape and type in memory, which take no time before they are read."""
    kind = torch.empty(0, dtype=tensor.dtype).numpy().dtype
    return torch.from_numpy(np.zeros(tuple(tensor.shape), kind))


@cache
def _function(source: str) -> Any:
    """A function that is given as its source, as the sandbox makes one."""
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "np": np}
    known = set(names)
    exec(source, names)  # noqa: S102 - a text of this module
    return next(value for name, value in names.items() if name not in known and name != "__builtins__")


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


def _shapes(named: Sequence[tuple[str, Shape]], in_any_order: bool) -> list[Shape]:
    shapes = [shape for _, shape in named]
    return sorted(shapes) if in_any_order else shapes


def _plans(
    found: Tensors, expected: Tensors, right: nn.Module, in_any_order: bool
) -> tuple[list[list[Any]], list[list[Any]]]:
    """For both sides, which tensor is written next, with what kind of value, and with which row of numbers."""
    kinds, rows = _kinds(right), dict[object, int]()
    own_plan, our_plan = [], []
    for kind, own_first, our_first in (
        ("parameters", 0, 0),
        ("buffers", len(found.parameters), len(expected.parameters)),
    ):
        own, ours = (list(enumerate(getattr(side, kind))) for side in (found, expected))
        if in_any_order:
            own, ours = (sorted(side, key=lambda numbered: numbered[1][1]) for side in (own, ours))
        for (own_index, _), (our_index, (name, shape)) in zip(own, ours, strict=True):
            row = rows.setdefault((kinds[name], shape) if in_any_order else name, len(rows))
            own_plan.append([own_first + own_index, kinds[name], row])
            our_plan.append([our_first + our_index, kinds[name], row])
    return own_plan, our_plan


def _kinds(right: nn.Module) -> dict[str, str]:
    """What kind of number each of our tensors holds: it says how large its random values may be."""
    kinds = {name: "kernel" if p.ndim > 1 else "bias" for name, p in right.named_parameters()}
    for prefix, module in right.named_modules():
        if isinstance(module, BATCH_NORMS):
            dot = f"{prefix}." if prefix else ""
            kinds |= {f"{dot}weight": "scale", f"{dot}running_mean": "bias", f"{dot}running_var": "variance"}
    return kinds


def _first_difference(
    own: Sequence[tuple[str, Shape]],
    ours: Sequence[tuple[str, Shape]],
    kind: str = "parameters",
    in_any_order: bool = False,
) -> str:
    """Where two lists of named shapes part, in words."""
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


def _changes(shapes: Sequence[Shape]) -> list[Shape]:
    """The shapes, each once where it stays for several layers."""
    return [shape for number, shape in enumerate(shapes) if number == 0 or shape != shapes[number - 1]]


def _chain(shapes: Sequence[Shape]) -> str:
    shown = [times(shape) for shape in shapes]
    if len(shown) > 14:
        shown = [*shown[:7], "…", *shown[-6:]]
    return " → ".join(shown) or "none"


def _several(out: Any) -> list[Any]:
    return list(out) if isinstance(out, tuple | list) else [out]

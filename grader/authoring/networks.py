"""Checks of torch networks by behaviour: the same weights in the student's network and in ours, the same outputs.

A network is a handle: it stays in the sandbox, and what is asked of it runs there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from grader.authoring.comparisons import expect, expect_close
from grader.authoring.device import device
from grader.authoring.numeric import seed_of
from grader.authoring.snippets import BUILD, FILL, GRADIENTS, PARAMETER_NAMES, PREDICT, RUNNING, function
from grader.authoring.structure import (
    Running,
    Shape,
    Tensors,
    called,
    expect_count,
    expect_maps,
    expect_mult_adds,
    running,
    running_of,
    tensors,
    tensors_of,
    times,
)
from grader.authoring.weights import write_weights

if TYPE_CHECKING:
    from grader.judge.student import Student

__all__ = [
    "RUNNING",
    "Running",
    "Shape",
    "Tensors",
    "blank",
    "build",
    "called",
    "drawn",
    "expect_count",
    "expect_gradients",
    "expect_maps",
    "expect_mult_adds",
    "expect_same_outputs",
    "predict",
    "running",
    "running_of",
    "tensors",
    "tensors_of",
    "times",
    "write_weights",
]


def build(
    student: Student, rng: np.random.Generator, name: str, *args: object, is_blank: bool = False, **kwargs: object
) -> Any:
    """The handle of `name(*args, **kwargs)`, built after `torch.manual_seed`, so that its weights are reproducible.

    A blank network has zeros for weights: it is built on the meta device, which saves the seconds that drawing a
    hundred million random numbers takes, where its weights are written afterwards or only its shapes are wanted.
    Raises StudentFault.
    """
    return student.run(BUILD, name, seed_of(rng), is_blank, list(args), dict(kwargs))


def blank(build: Callable[..., nn.Module], *args: object, **kwargs: object) -> nn.Module:
    """One of our own networks with zeros for weights, in the same way as a blank one of the student's."""
    with torch.device("meta"):
        net = build(*args, **kwargs)
    function(FILL)(net)
    return net


def drawn(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Normally distributed numbers as a float32 tensor of that shape, such as images (N, C, H, W) around 0."""
    return torch.from_numpy(rng.normal(size=shape)).float()


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
        got = student.run(PREDICT, net, images, is_training, 0, len(images), False, device())
        given = images.to(next(right.parameters()).dtype)
        expected = function(PREDICT)(right, given, is_training, 0, len(images), False, "cpu")
        own, ours = _several(got), _several(expected)
        told = f"In {mode} mode the network gives {len(own)} outputs; {len(ours)} are expected."
        expect(len(own) == len(ours), told)
        for number, (one, other) in enumerate(zip(own, ours, strict=True), 1):
            name = what if len(ours) == 1 else f"output {number}"
            scale = rtol * float(other.abs().max())
            expect_close(one, other, rtol=0.0, atol=scale, what=f"{name} in {mode} mode")


def expect_gradients(student: Student, net: Any, images: torch.Tensor, labels: torch.Tensor) -> None:
    """Fail unless the gradient of the cross-entropy (summed over several outputs) reaches every parameter."""
    reached: Sequence[bool] = student.run(GRADIENTS, net, images, labels, 0, device())
    expect(reached, "The network has no parameters.")
    names = student.aside(PARAMETER_NAMES, net)
    missed = [name for name, is_reached in zip(names, reached, strict=True) if not is_reached]
    told = f"After backward() these parameters have no finite gradient other than 0: {', '.join(missed[:12])}."
    expect(not missed, told)


def predict(
    student: Student, net: Any, images: torch.Tensor, chunk: int = 500, *, training: bool = False, seed: int = 0
) -> Any:
    """The student's logits, `chunk` images at a time, in evaluation mode or in training mode with its dropout."""
    return student.run(PREDICT, net, images, training, seed, chunk, True, device())


def _several(out: Any) -> list[Any]:
    return list(out) if isinstance(out, tuple | list) else [out]

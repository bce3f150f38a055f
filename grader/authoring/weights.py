"""The same random weights, written into the student's network and into ours.

Tensors are matched by their order, or by their kind and shape, so that no name is prescribed; both sides draw the
numbers from one seed, so that nothing of the size of a network crosses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from grader.authoring.comparisons import CheckFailed
from grader.authoring.numeric import seed_of
from grader.authoring.snippets import WRITE, function
from grader.authoring.structure import Shape, Tensors, first_difference, tensors, tensors_of

if TYPE_CHECKING:
    from grader.judge.student import Student

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


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
            raise CheckFailed(first_difference(own, ours, kind, in_any_order) + frozen)
    plan, our_plan = _plans(found, expected, right, in_any_order)
    seed = seed_of(rng)
    student.run(WRITE, net, plan, seed)
    function(WRITE)(right, our_plan, seed)


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

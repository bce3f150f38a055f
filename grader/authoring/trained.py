"""Networks that are handed in trained: their weights decoded here, compared by name, and written into the network.

The file is read outside the sandbox, by the safetensors library, and nothing in it can be run. The network is built in
the sandbox and stays there as a handle; `grader.authoring.networks` and `training.accuracy` go on from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import safetensors
import torch

from grader.authoring.comparisons import CheckFailed, expect
from grader.authoring.networks import build, running, times
from grader.authoring.training import accuracy
from grader.contract.weights import FLOATING, parameters_in, read_weights

if TYPE_CHECKING:
    from grader.judge.student import Student

FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
INTEGERS = {
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
}
DTYPES = FLOATS | INTEGERS | {"BOOL": "<u1"}
MOST_NAMED = 4
LARGEST = float(np.finfo(np.float32).max)
MOST_TENSORS = 5000

# These functions run in the sandbox, beside the submission.
STATE = """
def state(net):
    if not isinstance(net, nn.Module):
        return None
    return [[name, list(tensor.shape)] for name, tensor in net.state_dict().items()]
"""

PUT = """
def put(net, values):
    own = net.state_dict()
    with torch.no_grad():
        for name, value in values.items():
            own[name].copy_(value)
"""


def decode(content: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """The tensors of a safetensors file by name, floating-point numbers as float32.

    Raises CheckFailed for a NaN, an infinity or a number beyond float32, naming the tensor, and UploadRefused for what
    is no safetensors file.
    """
    dtypes = {tensor.name: tensor.dtype for tensor in read_weights(content, "The file of weights").tensors}
    arrays = {name: _array(entry) for name, entry in safetensors.deserialize(content)}  # type: ignore[no-untyped-call]
    for name, array in arrays.items():
        if dtypes[name] in FLOATING:
            _expect_finite(name, array)
            arrays[name] = array.astype(np.float32)
    return arrays


def trained_network(student: Student, rng: np.random.Generator, name: str) -> Any:
    """The handle of `name()` with the submitted weights in it.

    Every tensor of the file must have a place of its name and shape in the network's `state_dict()`, and every tensor
    of the network one in the file (but for `num_batches_tracked`). Raises CheckFailed, StudentFault.

    Where they do not fit, the failure's lesson is `weights_` and what was found: `prefix`, `buffers`, `missing`,
    `extra`, `transposed`, `shape`, or `not_finite`. An assignment has a wrong sample of that name to explain it.
    """
    expect(student.weights, "No weights were handed in.")
    arrays = decode(student.weights)
    net = build(student, rng, name)
    shapes = _state(student, net)
    _expect_fit({key: array.shape for key, array in arrays.items()}, shapes)
    student.run(PUT, net, {key: torch.from_numpy(array) for key, array in arrays.items()})
    return net


def expect_within_budgets(student: Student, net: Any) -> None:
    """Fail unless the network keeps to the budgets of assignment.toml; puts both figures into the result.

    Parameters are the floating-point numbers in the file of weights, running statistics included: what is counted lies
    outside the sandbox. Mult-adds are those of convolutions and products of matrices for one image, as they run.
    """
    limits = student.trained
    parameters = parameters_in(read_weights(student.weights, limits.weights).tensors)
    student.measured(parameters=parameters)
    told = f"{limits.weights} holds {parameters:,} floating-point numbers; {limits.max_parameters:,} is the most."
    expect(parameters <= limits.max_parameters, told, lesson="too_many_parameters")
    mult_adds = running(student, net, limits.input).mult_adds
    student.measured(mult_adds=mult_adds)
    told = f"One image costs the network {mult_adds:,} mult-adds; {limits.max_mult_adds:,} is the most."
    expect(mult_adds <= limits.max_mult_adds, told, lesson="too_many_mult_adds")


def held_out_accuracy(student: Student, net: Any, images: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of held-out images that the network names in evaluation mode; puts it into the result."""
    share = accuracy(student, net, images, labels)
    student.measured(accuracy=share)
    return share


def _array(entry: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    """A tensor as the library gives it: NumPy has no bfloat16, which is the upper half of a float32."""
    if entry["dtype"] == "BF16":
        upper = np.frombuffer(entry["data"], "<u2").astype(np.uint32)
        return (upper << 16).view(np.float32).reshape(entry["shape"])
    array = np.frombuffer(entry["data"], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return array != 0 if entry["dtype"] == "BOOL" else array


def _expect_finite(name: str, array: np.ndarray[Any, Any]) -> None:
    finite = np.abs(array.astype(np.float64)) <= LARGEST  # false for NaN as well
    if finite.all():
        return
    place = np.unravel_index(int(np.argmin(finite)), array.shape)
    at = f"[{', '.join(map(str, place))}]" if array.ndim else ""
    kind = "NaN" if np.isnan(array[place]) else "an infinity" if np.isinf(array[place]) else "too large for float32"
    count = int((~finite).sum())
    raise CheckFailed(
        f"The weights are not finite: {name}{at} is {kind}. Of the {array.size:,} numbers of {name}, {count:,} cannot "
        "be used.",
        lesson="weights_not_finite",
    )


def _state(student: Student, net: Any) -> dict[str, tuple[int, ...]]:
    found = student.run(STATE, net)
    expect(found is not None, "What you built is no nn.Module: derive the class from it, or return one.")
    expect(isinstance(found, list) and len(found) <= MOST_TENSORS, "The network's state_dict() cannot be read.")
    return {str(name): tuple(map(int, shape)) for name, shape in found}


def _expect_fit(given: Mapping[str, tuple[int, ...]], own: Mapping[str, tuple[int, ...]]) -> None:
    """Every tensor has its place, by name and by shape. Raises CheckFailed with the first that has none."""
    missing = [name for name in own if name not in given and not name.endswith("num_batches_tracked")]
    extra = [name for name in given if name not in own]
    if missing and extra:
        _expect_no_prefix(given, own)
    if missing:
        is_statistic = all(name.endswith(("running_mean", "running_var")) for name in missing)
        hint = " Save net.state_dict(), not net.parameters()." if is_statistic and not extra else ""
        there = f" The file has {_listed(extra, given)} instead." if extra else ""
        raise CheckFailed(
            f"The network has {_listed(missing, own)}, which the file of weights has not.{there}{hint}",
            lesson="weights_buffers" if is_statistic and not extra else "weights_missing",
        )
    if extra:
        told = f"The file of weights has {_listed(extra, given)}, which the network has not."
        raise CheckFailed(told, lesson="weights_extra")
    for name, shape in given.items():
        if shape != own[name]:
            told = (
                f"{name} has shape {_shape(shape)} in the file of weights; in the network it has {_shape(own[name])}."
            )
            is_transposed = len(shape) > 1 and shape == own[name][::-1]
            raise CheckFailed(told, lesson="weights_transposed" if is_transposed else "weights_shape")


def _expect_no_prefix(given: Mapping[str, object], own: Mapping[str, object]) -> None:
    """Names that would fit without what they all begin with: `module.` of DataParallel, or a wrapper's attribute."""
    for one, other, told in (
        (given, own, "Every name in the file of weights begins with {}, which the network's names do not"),
        (own, given, "Every name in the network begins with {}, which those in the file of weights do not"),
    ):
        prefix = next(iter(one)).partition(".")[0] + "."
        needed = {name for name in other if not name.endswith("num_batches_tracked")}
        stripped = {name.removeprefix(prefix) for name in one if name.startswith(prefix)}
        if len(stripped) == len(one) and needed <= stripped:
            raise CheckFailed(
                f"{told.format(prefix)}: {next(iter(given))}, {next(iter(own))}.", lesson="weights_prefix"
            )


def _listed(names: list[str], shapes: Mapping[str, tuple[int, ...]]) -> str:
    shown = [f"{name} ({_shape(shapes[name])})" for name in names[:MOST_NAMED]]
    more = len(names) - MOST_NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _shape(shape: tuple[int, ...]) -> str:
    return times(shape) if shape else "one number"

"""The references pass the node tests that ONNX publishes for its operators, as far as their signatures express them."""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import onnx
import pytest

from reference.activations import relu_forward, sigmoid, softmax
from reference.conv import conv_forward, conv_forward_im2col
from reference.normalisation import batchnorm_forward
from reference.pooling import pool_forward, pool_forward_views

OPERATORS = ("Conv", "MaxPool", "AveragePool", "LpPool", "BatchNormalization", "Softmax", "Relu", "Sigmoid")
SOLUTIONS: dict[str, list[Callable[..., Any]]] = {
    "Conv": [conv_forward, conv_forward_im2col],
    "MaxPool": [pool_forward, pool_forward_views],
    "AveragePool": [pool_forward, pool_forward_views],
    "LpPool": [pool_forward, pool_forward_views],
    "BatchNormalization": [batchnorm_forward],
    "Softmax": [softmax],
    "Relu": [lambda x: relu_forward(x)[0]],
    "Sigmoid": [sigmoid],
}
KINDS = {"MaxPool": "max", "AveragePool": "mean", "LpPool": "power"}

THREE_SIDES = "it has depth as well: the references have height and width"
ONE_SIDE_SHORT = "it rounds the output size up; the references round it down"
DILATED = "it dilates the pooling window; the references' pooling has no dilation"
UNCOUNTED = "its padding does not count in the mean; the references' pooling has no padding that could be left out"
PLACES = "it also wants the places of the maxima, which the references do not return"
INTEGERS = "integers stay integers there; in the references they count as float64"
NOT_EXPRESSIBLE = {
    "test_maxpool_2d_uint8": INTEGERS,
    "test_maxpool_with_argmax_2d_precomputed_pads": PLACES,
    "test_maxpool_with_argmax_2d_precomputed_strides": PLACES,
    "test_maxpool_3d_default": THREE_SIDES,
    "test_maxpool_2d_ceil": ONE_SIDE_SHORT,
    "test_maxpool_2d_ceil_output_size_reduce_by_one": ONE_SIDE_SHORT,
    "test_maxpool_2d_dilations": DILATED,
    "test_maxpool_3d_dilations": THREE_SIDES,
    "test_maxpool_3d_dilations_use_ref_impl": THREE_SIDES,
    "test_maxpool_3d_dilations_use_ref_impl_large": THREE_SIDES,
    "test_averagepool_2d_precomputed_pads": UNCOUNTED,
    "test_averagepool_2d_precomputed_same_upper": UNCOUNTED,
    "test_averagepool_3d_default": THREE_SIDES,
    "test_averagepool_2d_same_upper": UNCOUNTED,
    "test_averagepool_2d_same_lower": UNCOUNTED,
    "test_averagepool_2d_pads": UNCOUNTED,
    "test_averagepool_2d_ceil": ONE_SIDE_SHORT,
    "test_averagepool_2d_ceil_last_window_starts_on_pad": ONE_SIDE_SHORT,
    "test_averagepool_2d_dilations": DILATED,
    "test_averagepool_3d_dilations_small": THREE_SIDES,
    "test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_True": THREE_SIDES,
    "test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_False": THREE_SIDES,
    "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True": THREE_SIDES,
    "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_False": THREE_SIDES,
    "test_lppool_3d_default": THREE_SIDES,
    "test_lppool_2d_dilations": DILATED,
}
"""Node tests that no call of a reference expresses, with the reason."""

FIRST_ALONE = {"test_batchnorm_example_training_mode", "test_batchnorm_epsilon_training_mode"}
"""Of these the first output alone: the others are running statistics, which the reference does not keep."""

EXPRESSIBLE = {
    "test_basic_conv_with_padding",
    "test_basic_conv_without_padding",
    "test_conv_with_strides_padding",
    "test_conv_with_strides_no_padding",
    "test_conv_with_strides_and_asymmetric_padding",
    "test_conv_with_autopad_same",
    "test_maxpool_2d_precomputed_pads",
    "test_maxpool_2d_precomputed_strides",
    "test_maxpool_2d_precomputed_same_upper",
    "test_maxpool_1d_default",
    "test_maxpool_2d_default",
    "test_maxpool_2d_same_upper",
    "test_maxpool_2d_same_lower",
    "test_maxpool_2d_pads",
    "test_maxpool_2d_strides",
    "test_averagepool_2d_precomputed_pads_count_include_pad",
    "test_averagepool_2d_precomputed_strides",
    "test_averagepool_1d_default",
    "test_averagepool_2d_default",
    "test_averagepool_2d_pads_count_include_pad",
    "test_averagepool_2d_strides",
    "test_lppool_1d_default",
    "test_lppool_2d_default",
    "test_lppool_2d_same_upper",
    "test_lppool_2d_same_lower",
    "test_lppool_2d_pads",
    "test_lppool_2d_strides",
    "test_batchnorm_example",
    "test_batchnorm_epsilon",
    *FIRST_ALONE,
    "test_softmax_example",
    "test_softmax_large_number",
    "test_softmax_axis_0",
    "test_softmax_axis_1",
    "test_softmax_axis_2",
    "test_softmax_negative_axis",
    "test_softmax_default_axis",
    "test_relu",
    "test_sigmoid_example",
    "test_sigmoid",
}


@cache
def node_tests() -> dict[str, Any]:
    """The node tests of these operators alone, by name. (Other operators' decompositions are made of several nodes.)"""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of other operators' tests, as they are made
        collect = importlib.import_module("onnx.backend.test.case.node").collect_testcases
        graphs = [(case, case.model.graph.node) for case in collect()]
    return {case.name: case for case, nodes in graphs if len(nodes) == 1 and nodes[0].op_type in OPERATORS}


def test_every_node_test_is_run_or_has_a_reason() -> None:
    assert set(node_tests()) - EXPRESSIBLE - set(NOT_EXPRESSIBLE) == set()
    assert (EXPRESSIBLE | set(NOT_EXPRESSIBLE)) - set(node_tests()) == set()
    assert EXPRESSIBLE & set(NOT_EXPRESSIBLE) == set()


@pytest.mark.parametrize("name", sorted(EXPRESSIBLE))
def test_references_pass_the_node_test(name: str) -> None:
    case = node_tests()[name]
    (node,) = case.model.graph.node
    settings = {setting.name: onnx.helper.get_attribute_value(setting) for setting in node.attribute}
    ((inputs, outputs),) = case.data_sets
    for solution in SOLUTIONS[node.op_type]:
        got = answers(node.op_type, solution, inputs, settings)
        compared = outputs[:1] if name in FIRST_ALONE else outputs
        for part, expected in zip(got, compared, strict=True):
            assert part.dtype == expected.dtype
            np.testing.assert_allclose(part, expected, rtol=1e-5, atol=1e-6)


def answers(operator: str, solution: Callable[..., Any], inputs: list[Any], settings: dict[str, Any]) -> list[Any]:
    """What a reference gives where it is called as the operator's settings say; a setting that is not read fails."""
    left = dict(settings)
    if operator == "Softmax":
        given = [solution(inputs[0], left.pop("axis", -1))]
    elif operator == "Conv":
        given = [convolved(solution, *inputs, left)]
    elif operator == "BatchNormalization":
        given = [normalised(solution, *inputs, left)]
    elif operator in KINDS:
        given = [pooled(solution, KINDS[operator], inputs[0], left)]
    else:
        given = [solution(inputs[0])]
    assert left == {}
    return given


def convolved(solution: Callable[..., Any], x: np.ndarray, w: np.ndarray, settings: dict[str, Any]) -> np.ndarray:
    stride = tuple(settings.pop("strides", (1, 1)))
    assert tuple(settings.pop("kernel_shape")) == w.shape[2:]
    (top, left), (bottom, right) = padding(x, w.shape[2:], stride, settings)
    pad = top, left
    if (top, left) != (bottom, right):
        # One number for both sides: where they differ, the zeros are put around the image before the call.
        x, pad = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right))), (0, 0)
    out, _ = solution(x, w, np.zeros(len(w), x.dtype), {"stride": stride, "pad": pad})
    return out


def normalised(solution: Callable[..., Any], x: Any, s: Any, bias: Any, mean: Any, var: Any, settings: Any) -> Any:
    running = {"mode": "test", "running_mean": mean, "running_var": var}
    mode = {"mode": "train"} if settings.pop("training_mode", 0) else running
    out, _ = solution(x, s, bias, mode | {"eps": settings.pop("epsilon", 1e-5)})
    return out


def pooled(solution: Callable[..., Any], kind: str, x: np.ndarray, settings: dict[str, Any]) -> np.ndarray:
    """Padding is put around the image before the call: minus infinity changes no maximum, zero no sum."""
    window = tuple(settings.pop("kernel_shape"))
    stride = tuple(settings.pop("strides", [1] * len(window)))
    is_row = x.ndim == 3
    if is_row:
        x, window, stride = x[:, :, None], (1, *window), (1, *stride)
    (top, left), (bottom, right) = padding(x, window, stride, settings)
    if top or left or bottom or right:
        assert kind != "mean" or settings.pop("count_include_pad") == 1
        nothing = -np.inf if kind == "max" else 0
        x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=nothing)
    pool_param = {"pool_height": window[0], "pool_width": window[1], "stride": stride, "type": kind}
    if kind == "power":
        pool_param["p"] = settings.pop("p", 2)
    out, _ = solution(x, pool_param)
    return out[:, :, 0] if is_row else out


def padding(x: np.ndarray, window: Any, stride: Any, settings: dict[str, Any]) -> tuple[Any, Any]:
    """Rows and columns before and after the image: as `pads` says, or so that a stride of 1 would keep its size."""
    same = settings.pop("auto_pad", b"NOTSET").decode()
    if same == "NOTSET":
        pads = settings.pop("pads", [0, 0, 0, 0])
        return tuple(pads[:2]), tuple(pads[2:])
    assert re.fullmatch("SAME_(UPPER|LOWER)", same)
    sides = zip(x.shape[2:], window, stride, strict=True)
    missing = [max(0, (-(-side // step) - 1) * step + taps - side) for side, taps, step in sides]
    less, more = tuple(total // 2 for total in missing), tuple(total - total // 2 for total in missing)
    return (less, more) if same == "SAME_UPPER" else (more, less)

"""Cases of what counts: sizes, receptive fields, parameters, and a network's rows of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference import definition
from reference.oracles import accountant as torch_accountant
from reference.oracles import parameters as torch_parameters
from scripts.reference_cases.trial import (
    DILATION,
    GROUPS,
    OBLONG,
    PADDING,
    STRIDE,
    Rng,
    Trial,
    draw_windows,
    features_of,
    filled,
    two,
)


def size_by_counting(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """The number of positions along one side against counting them."""
    at = draw_windows(rng)
    side = at.image[0], at.kernel[0], at.stride[0], at.pad[0], at.dilation[0]
    features = features_of(*((value[0], value[0]) for value in (at.image, at.kernel, at.stride, at.pad, at.dilation)))
    return Trial(
        f"n, kernel, stride, padding, dilation = {side}",
        features,
        lambda: solution(*side),
        lambda: len(filled(definition.positions(*side))),
    )


def same_by_counting(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """The padding that keeps a size against trying every padding."""
    kernel, dilation = int(rng.integers(1, 12)), int(rng.integers(1, 6))
    n = int(rng.integers(20, 40))

    def by_trying() -> int:
        fitting = [p for p in range(40) if len(definition.positions(n, kernel, 1, p, dilation)) == n]
        if not fitting:
            raise ValueError("no padding keeps the size")
        return fitting[0]

    features = frozenset({DILATION} if dilation > 1 else ())
    return Trial(f"kernel {kernel}, dilation {dilation}", features, lambda: solution(kernel, dilation), by_trying)


def field_by_following(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A receptive field against following an output back tap by tap."""
    stack = [(int(k), int(s), int(d)) for k, s, d in rng.integers(1, 4, size=(rng.integers(0, 5), 3))]

    def by_following() -> int:
        seen = definition.seen_by_one_output(stack)
        return max(seen) - min(seen) + 1

    features = frozenset(name for name, axis in ((STRIDE, 1), (DILATION, 2)) if any(x[axis] > 1 for x in stack))
    return Trial(f"layers {stack}", features, lambda: solution(stack), by_following)


def dense_parameters(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A stack of dense layers."""
    units, bias = [int(n) for n in rng.integers(1, 3000, size=rng.integers(2, 6))], bool(rng.integers(2))
    return Trial(
        f"sizes {units}, bias {bias}",
        frozenset(),
        lambda: solution(units, bias),
        lambda: torch_parameters.mlp_params(units, bias=bias),
    )


def local_parameters(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """Units with weights of their own."""
    units, k, bias = int(rng.integers(1, 5000)), int(rng.integers(1, 30)), bool(rng.integers(2))
    return Trial(
        f"{units} units, k {k}, bias {bias}",
        frozenset(),
        lambda: solution(units, k, bias),
        lambda: torch_parameters.local_params(units, k, bias=bias),
    )


def shared_parameters(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A convolution layer with groups; where they do not divide the channels, both refuse."""
    kernel, groups, bias = two(rng, 1, 11), int(rng.integers(1, 5)), bool(rng.integers(2))
    stretch = groups if rng.integers(4) else 1
    c_in, c_out = (int(n) * stretch for n in rng.integers(1, 200, size=2))
    return Trial(
        f"{c_in} to {c_out} channels, kernel {kernel}, groups {groups}, bias {bias}",
        frozenset({GROUPS} if groups > 1 else ()),
        lambda: solution(c_in, c_out, kernel, bias, groups),
        lambda: torch_parameters.conv_params(c_in, c_out, kernel, bias=bias, groups=groups),
    )


def network(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """Up to four layers of a convolutional network, accounted for one by one."""
    shape, features, spec = (int(rng.integers(1, 5)), *two(rng, 6, 16)), set(), []
    for number in range(int(rng.integers(1, 5))):
        layer, present = _drawn_layer(rng, f"layer {number}")
        spec.append(layer)
        features |= present
    features |= {OBLONG} if shape[1] != shape[2] else set()

    def rows(account: Callable[..., Any]) -> list[float]:
        return [number for row in account(spec, shape) for number in (*row["out"], row["params"], row["macs"])]

    return Trial(
        f"{shape}, {spec}", frozenset(features), lambda: rows(solution), lambda: rows(torch_accountant.analyse)
    )


def _drawn_layer(rng: Rng, name: str) -> tuple[dict[str, Any], set[str]]:
    kernel, stride = two(rng, 1, 4), int(rng.integers(1, 3))
    if rng.integers(3) == 0:
        kind = str(rng.choice(["max", "mean"]))
        return {"name": name, "type": "pool", "kind": kind, "kernel": kernel, "stride": stride}, set()
    groups, pad, bias = int(rng.choice([1, 1, 1, 2])), int(rng.integers(3)), bool(rng.integers(2))
    layer = {"name": name, "type": "conv", "out": 2 * int(rng.integers(1, 5)), "kernel": kernel, "stride": stride}
    present = {STRIDE: stride > 1, PADDING: pad > 0, GROUPS: groups > 1}
    return layer | {"pad": pad, "groups": groups, "bias": bias}, {
        name for name, is_there in present.items() if is_there
    }

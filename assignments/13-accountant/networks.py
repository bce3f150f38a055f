"""The networks that are asked about: some drawn at random, some made so that one rule decides."""

from __future__ import annotations

from hypothesis import strategies as st

from reference import accountant
from reference.networks import conv, fc, pool, relu


@st.composite
def small_networks(draw):
    """(spec, in_shape) of a few layers that fit, on a small oblong volume; the simplest first."""
    in_shape = draw(st.tuples(st.sampled_from([1, 2, 4]), st.integers(1, 7), st.integers(1, 7)))
    side = st.integers(1, 3)
    kernel = st.one_of(side, st.tuples(side, side))
    types = st.sampled_from(["relu", "dropout", "bn", "pool", "conv"])
    spec = []
    for number, kind in enumerate(draw(st.lists(types, max_size=4))):
        layer = {"name": f"{kind}{number}", "type": kind}
        if kind in ("pool", "conv"):
            layer |= {"kernel": draw(kernel), "stride": draw(st.integers(1, 2)), "pad": draw(st.integers(0, 1))}
        if kind == "pool":
            layer["kind"] = draw(st.sampled_from(["max", "mean"]))
        if kind == "conv":
            groups = draw(st.integers(1, 2))
            layer |= {"out": groups * draw(st.integers(1, 3)), "groups": groups, "bias": draw(st.booleans())}
        if fits([*spec, layer], in_shape):
            spec.append(layer)
    if draw(st.booleans()):
        spec += [fc("fc", draw(st.integers(1, 5)), bias=draw(st.booleans())), {"name": "bn", "type": "bn"}]
        spec.append(fc("last", draw(st.integers(1, 3))))
    return spec, in_shape


def fits(spec, in_shape):
    """Whether every layer has an output."""
    try:
        accountant.analyse(spec, in_shape)
    except ValueError:
        return False
    return True


EVEN = (3, 32, 64)
CASES = {
    "R1": [
        ([conv("c", 4, 3, pad=1)], (3, *sides))
        for sides in ((224, 224), (227, 227), (96, 384), (64, 48), (48, 64), (16, 16), (28, 28), (80, 160), (512, 32))
    ],
    "R2": [
        ([conv("first", 4, 7, pad=3), conv("second", 4, 5, pad=2)], EVEN),
        ([conv("first", 4, 11, pad=5), relu("a"), conv("second", 4, 7, pad=3)], EVEN),
        ([relu("a"), conv("tall", 4, (7, 1)), conv("wide", 4, (1, 6))], EVEN),
        ([conv("first", 4, 3, pad=1), pool("p", 8, 8, "mean"), fc("f", 9)], EVEN),
    ],
    "R3": [
        ([conv("same", 4, 3, pad=1), conv("valid", 4, 3), conv("one", 4, 1), conv("wide", 4, 3, pad=2)], EVEN),
        ([conv("same", 4, 5, pad=2), pool("p", 2, 2), fc("f", 7)], EVEN),
        ([conv("rows", 4, (1, 3), pad=1), conv("columns", 4, (3, 1), pad=1)], EVEN),
        ([conv("strided", 4, 2, stride=2), conv("same", 3, 3, pad=1)], EVEN),
    ],
    "R4": [
        ([pool("p", 2, 2), pool("q", (2, 2), 2), pool("m", 2, 2, "mean")], EVEN),
        ([pool("overlap", 4, 2), pool("dense", 2, 1), pool("oblong", (1, 2), 1)], EVEN),
        ([pool("three", 4, 4), pool("global", 8, 1, "mean")], EVEN),
        ([pool("padded", 2, 2, pad=1), pool("half", 3, 2, "mean", pad=1)], EVEN),
        ([conv("first", 2, 4, stride=4), relu("a"), pool("tall", (2, 1), 1)], EVEN),
    ],
    "R5": [
        ([conv("half", 4, 3, stride=2, pad=1), conv("fits", 4, 2, stride=2)], EVEN),
        ([conv("third", 4, 5, stride=3, pad=2)], EVEN),
        ([conv("exact", 4, 6, stride=3, pad=2)], (3, 32, 32)),
        ([conv("rows", 4, (3, 2), stride=2)], EVEN),
        ([conv("columns", 4, (2, 3), stride=2)], EVEN),
        ([conv("map", 4, 3, stride=2)], (3, 33, 64)),
        ([conv("map", 4, 3, stride=2)], (3, 64, 33)),
        ([conv("valid", 4, 2), pool("p", 2, 2)], EVEN),
        ([pool("mean", 3, 2, "mean"), fc("f", 3)], EVEN),
    ],
}

"""The answers of `analyse` and `lint` compared with the reference's, and what is said of a difference."""

from __future__ import annotations

from grader.authoring import CheckFailed, expect
from grader.sandbox.errors import StudentRaised
from reference import accountant

KEYS = ("name", "out", "params", "macs")
RULES = {
    "R1": "each side of the input can be halved five times",
    "R2": "kernels of convolutions after layer 0 have sides of at most 5",
    "R3": "a convolution leaves height and width as they were",
    "R4": "max pooling is 2×2 with stride 2 and no padding",
    "R5": "the quotient (n + 2p - k) / s is an integer along both sides",
}


def expect_rows(got, spec, in_shape, columns):
    """The rows are the layers', and equal the reference's in these columns."""
    rows = rows_of(got, len(spec))
    expected = accountant.analyse(spec, in_shape)
    shape = tuple(in_shape)
    for index, (row, right, layer) in enumerate(zip(rows, expected, spec, strict=True)):
        place = f"Row {index} ({right['name']}: {described(layer)} on {times(shape)})"
        for column in columns:
            value, wanted = row[column], right[column]
            if column == "out" and type(value) is list:
                value = tuple(value)
            evidence = {"call": show(spec, in_shape), "expected": str(wanted), "got": repr(value)[:80]}
            is_right = type(value) is type(wanted) and value == wanted
            told = f"{place}: {column} is {value!r}"[:300] + f"; {wanted!r} is expected.{ratio(value, wanted)}"
            expect(is_right, told, evidence)
        shape = right["out"]


def ratio(got, expected):
    """In words: that the type is wrong, or that one count is a multiple of the other."""
    if isinstance(expected, int) and type(got) is not int:
        return f" It is of type {type(got).__name__}; counts are of type int."
    if not isinstance(expected, int) or not min(got, expected) > 0:
        return ""
    if got > expected and got % expected == 0:
        return f" That is {got // expected:,} times as many."
    if got < expected and expected % got == 0:
        return f" The right count is {expected // got:,} times as large."
    return ""


def rows_of(got, count):
    """The answer as a list of so many rows with the four keys."""
    expect(got is not None, "analyse gives None. Is a return missing?")
    expect(isinstance(got, list), f"analyse gives a {type(got).__name__}; a list of rows is expected.")
    expect(
        len(got) == count, f"analyse gives {len(got)} rows for {count} layers: each layer has one, whatever it costs."
    )
    for index, row in enumerate(got):
        expect(isinstance(row, dict), f"Row {index} is a {type(row).__name__}; a dictionary is expected.")
        told = f"Row {index} has the keys {', '.join(map(repr, row))}; 'name', 'out', 'params' and 'macs' are expected."
        expect(set(row) == set(KEYS), told[:300])
    return got


def expect_findings(got, spec, in_shape):
    """The findings equal the reference's, in order."""
    expect(got is not None, "lint gives None. Is a return missing?")
    expect(isinstance(got, list), f"lint gives a {type(got).__name__}; a list of tuples (index, rule) is expected.")
    right = accountant.lint(spec, in_shape)
    found = [tuple(finding) if isinstance(finding, list) else finding for finding in got]
    evidence = {"call": show(spec, in_shape, "lint"), "expected": repr(right), "got": repr(found)[:200]}
    for finding in right:
        told = f"{finding!r} is missing: {about(*finding, spec, in_shape)}."
        expect(finding in found, told, evidence)
    for finding in found:
        told = f"{finding!r} is no finding: a tuple (index of a layer, rule) is."
        expect(is_finding(finding, len(spec)), told[:300], evidence)
        told = f"{finding!r} is reported and should not be: {about(*finding, spec, in_shape)}."
        expect(finding in right, told, evidence)
    expect(found == right, f"The findings are {found}; in order, and each once, they are {right}."[:400], evidence)


def is_finding(value, layers):
    """Whether that is a tuple of an index in the network, or -1, and a rule."""
    match value:
        case (int(index), str(rule)):
            return -1 <= index < layers and rule in RULES
    return False


def about(index, rule, spec, in_shape):
    """What a rule says of a layer, in words."""
    if rule == "R1" or index < 0:
        return f"R1 is about the input, here {times(in_shape[1:])}, whose index is -1; it says that {RULES['R1']}"
    shapes = [tuple(in_shape), *(row["out"] for row in accountant.analyse(spec, in_shape))]
    layer = spec[index]
    place = f"layer {index} ({described(layer)}) leads from {times(shapes[index])} to {times(shapes[index + 1])}"
    return f"{place}, and {rule} says that {RULES[rule]}"


def described(layer):
    """conv 5×5, out 16, groups 2."""
    if layer["type"] not in ("conv", "pool"):
        return f"{layer['type']} {layer.get('out', '')}".strip()
    kernel = layer["kernel"] if isinstance(layer["kernel"], tuple) else (layer["kernel"],) * 2
    kind = f"{layer['kind']} pool" if layer["type"] == "pool" else "conv"
    settings = [f"{name} {layer[name]}" for name in ("out", "stride", "pad", "groups") if name in layer]
    return ", ".join([f"{kind} {times(kernel)}", *settings])


def show(spec, in_shape, function="analyse"):
    """The call with the network as one would write it."""
    network = repr(spec) if len(spec) <= 6 else f"a network of {len(spec)} layers"
    return f"{function}({network}, {in_shape!r})"


def times(shape):
    """6×28×28."""
    return "×".join(map(str, shape))


def told_of(got):
    """An answer in few characters."""
    return repr(got)[:120]


def answer(call):
    """What a call gave, or ValueError where it raised one. Another error is the check's failure."""
    try:
        return call()
    except StudentRaised as fault:
        if fault.kind == "ValueError":
            return ValueError
        if fault.kind in ("AssertionError", "IndexError", "KeyError", "ZeroDivisionError", "Exception"):
            raise CheckFailed(
                f"Your code raised {fault}; a ValueError is expected where a network cannot be built."
            ) from None
        raise

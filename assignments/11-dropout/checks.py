"""Checks of inverted dropout: what it drops is random, so most checks count, and compare the answers with each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.authoring import (
    Seeded,
    expect,
    expect_close,
    expect_dtype,
    expect_equal,
    expect_pure,
    expect_shape,
    for_all,
    in_case,
    seed_of,
)

MANY = (400, 500)
SHARES = (0.3, 0.75)
"""Other than one half: there, dropping and keeping cannot be told apart."""

SIGMAS = 7
"""How far a count may be off: honest code is stopped once in 400 000 000 000 times."""

TWO_STEPS = """
def two_steps(x, p, seed):
    dropout_param = {"p": p, "mode": "train", "rng": np.random.default_rng(seed)}
    return [np.array(submission.dropout_forward(x, dropout_param)[0]) for step in range(2)]
"""

# Says where the draws come from; the global state is seeded so that the answer is the same each time.
SOURCE = """
def source(x, p, seed):
    np.random.seed(seed)
    make, made, rng = np.random.default_rng, [], np.random.default_rng(seed)
    before, others = rng.bit_generator.state, np.random.get_state()[1:3]
    np.random.default_rng = lambda *args, **kwargs: made.append(1) or make(*args, **kwargs)
    try:
        outs = [np.array(submission.dropout_forward(x, {"p": p, "mode": "train", "rng": rng})[0]) for step in range(2)]
    finally:
        np.random.default_rng = make
    after = np.random.get_state()[1:3]
    return {
        "given": rng.bit_generator.state != before,
        "global": after[1] != others[1] or not np.array_equal(after[0], others[0]),
        "new": bool(made),
        "repeated": np.array_equal(*outs),
        "dropped": bool((outs[0] == 0).any()),
    }
"""


@pytest.mark.points(1.0)
@pytest.mark.title("In test mode the numbers stay as they are")
def test_test_mode(student, rng):
    for shape, p in (((4, 6), 0.25), ((2, 3, 4, 5), 0.75)):
        x = rng.normal(size=shape)
        trained, _cache = student.dropout_forward(x, settings(rng, p))
        out, _cache = student.dropout_forward(x, settings(rng, p, "test"))
        is_exchanged = np.array_equal(trained, x) and not np.array_equal(out, x)
        expect(not is_exchanged, "The numbers change in test mode and stay as they are in training.")
        expect_equal(out, x)


@pytest.mark.points(1.0)
@pytest.mark.title("In training, p of the numbers become 0")
def test_dropped_share(student, rng):
    for p in SHARES:
        out, _cache = student.dropout_forward(np.ones(MANY), settings(rng, p))
        expect_shape(out, MANY)
        share, spread = float((out == 0).mean()), math.sqrt(p * (1 - p) / out.size)
        told = f"With p = {p:g}, {share:.1%} of {out.size:,} numbers became 0; {p:.0%} is expected."
        if abs(share - (1 - p)) < SIGMAS * spread:
            told += " p is the probability of dropping, not of keeping."
        expect(abs(share - p) <= SIGMAS * spread, told)


@pytest.mark.points(1.5)
@pytest.mark.title("In training, the numbers that survive are divided by 1 - p")
def test_survivors(student, rng):
    for p in SHARES:
        whole, _cache = student.dropout_forward(np.ones((2, 2)), settings(rng, p, "test"))
        out, _cache = student.dropout_forward(np.ones(MANY), settings(rng, p))
        expect_shape(whole, (2, 2), "out in mode test")
        expect_shape(out, MANY)
        kept, right = out[out != 0], 1 / (1 - p)
        expect(kept.size, f"With p = {p:g}, all of {out.size:,} ones became 0.")
        worst = float(kept[np.argmax(np.abs(kept - right))])
        told = (
            f"With p = {p:g}, each 1 that survives must become 1 / (1 - {p:g}) = {right:.6g}; one became {worst:.6g}. "
            f"(In test mode you make {float(whole[0, 0]):.6g} of a 1.)"
        )
        expect(abs(worst - right) <= 1e-12, told, {"expected": right, "got": worst})


@pytest.mark.points(0.5)
@pytest.mark.title("Every number is either 0 or itself divided by 1 - p")
def test_values(student, rng):
    seed = seed_of(rng)

    def holds(x, p):
        given = np.array([x])
        out, _cache = student.dropout_forward(given, {"p": p, "mode": "train", "rng": Seeded(seed)})
        expect_shape(out, given.shape)
        kept = given / (1 - p)
        nearest = np.where(np.abs(out - kept) < np.abs(out), kept, 0)
        with in_case(f"Every output is 0 or x / (1 - p), here with p = {p:g}.", x=given):
            expect_close(out, nearest, atol=1e-12)

    digits = st.sampled_from([float(x) for x in (1, 2, -1, 3, -4, 5)])
    for_all(holds, rng, st.lists(digits, min_size=1, max_size=8), st.sampled_from([0.5, 0.75, 0.2]))


@pytest.mark.points(1.0)
@pytest.mark.title("All draws come from the generator, and every step drops other numbers")
def test_generator(student, rng):
    x, seed = np.ones((8, 16)), seed_of(rng)
    source = student.run(SOURCE, x, 0.5, seed)
    origin = (
        "np.random's global state" if source["global"] else "a generator of your own" if source["new"] else "elsewhere"
    )
    expect(source["given"], f"The generator in dropout_param was not used: the numbers were drawn from {origin}.")
    first, second = student.run(TWO_STEPS, x, 0.5, seed)
    expect(not np.array_equal(first, second), "Two calls with one generator dropped the same numbers.")
    for seeds, same in (((seed, seed), True), ((seed, seed + 1), False)):
        outs = [student.dropout_forward(x, {"p": 0.5, "mode": "train", "rng": Seeded(s)})[0] for s in seeds]
        told = (
            "with the same seed dropped different numbers" if same else "with different seeds dropped the same numbers"
        )
        expect(np.array_equal(*outs) is same, f"Two generators {told}.")


@pytest.mark.points(1.25)
@pytest.mark.title("The gradient goes through the mask of the forward pass")
def test_backward(student, rng):
    for shape, p in (((4, 5), 0.4), ((2, 3, 5, 4), 0.75)):
        dout = rng.normal(size=shape)
        factors, cache = student.dropout_forward(np.ones(shape), settings(rng, p))
        dx = student.dropout_backward(dout, cache)
        expect_shape(factors, shape)
        expect_close(dx, dout * factors, what="dx")


@pytest.mark.points(0.5)
@pytest.mark.title("The gradient also where numbers are 0 or negative")
def test_backward_of_zeros(student, rng):
    shape, p = (6, 8), 0.4
    param, x, dout = settings(rng, p), rng.integers(-1, 2, size=shape).astype(float), rng.normal(size=shape)
    factors, _cache = student.dropout_forward(np.ones(shape), param)
    _out, cache = student.dropout_forward(x, param)
    dx = student.dropout_backward(dout, cache)
    expect_shape(factors, shape)
    expect_close(dx, dout * factors, what="dx (the generator's state is that of a call with ones)")


@pytest.mark.points(0.5)
@pytest.mark.title("After test mode, the whole gradient passes")
def test_backward_test_mode(student, rng):
    x, dout = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    _out, cache = student.dropout_forward(x, settings(rng, 0.75, "test"))
    expect_equal(student.dropout_backward(dout, cache), dout, what="dx")


@pytest.mark.points(0.75)
@pytest.mark.title("p = 0 drops nothing, p = 1 drops everything")
def test_extremes(student, rng):
    x, dout = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))
    for p, mode, share in ((0.0, "train", 1), (1.0, "test", 1), (1.0, "train", 0)):
        out, cache = student.dropout_forward(x, settings(rng, p, mode))
        expect_close(out, share * x, what=f"out with p = {p:g} in mode {mode}")
        expect_close(student.dropout_backward(dout, cache), share * dout, what=f"dx with p = {p:g} in mode {mode}")


@pytest.mark.points(0.75)
@pytest.mark.title("Every number is dropped by itself: neighbours along each axis are independent")
def test_independence(student, rng):
    p, shape = 0.3, (20, 10, 30, 40)
    out, _cache = student.dropout_forward(np.ones(shape), settings(rng, p))
    expect_shape(out, shape)
    dropped = out == 0
    for axis, name in enumerate(("examples", "channels", "rows", "columns")):
        both = np.delete(dropped, 0, axis) & np.delete(dropped, -1, axis)
        share, spread = float(both.mean()), math.sqrt(3 * p**2 / both.size)
        told = (
            f"Of neighbouring {name}, {share:.1%} are dropped together; {p**2:.0%} is expected if every number of "
            f"x is drawn by itself with p = {p:g}."
        )
        expect(abs(share - p**2) <= SIGMAS * spread, told)


@pytest.mark.points(0.25)
@pytest.mark.title("How many numbers are dropped varies from step to step")
def test_count_varies(student, rng):
    counts = set()
    for _ in range(12):
        out, _cache = student.dropout_forward(np.ones((8, 8)), settings(rng, 0.5))
        expect_shape(out, (8, 8))
        counts.add(int((out == 0).sum()))
    expect(len(counts) > 1, f"In twelve steps, always {min(counts)} of 64 numbers were dropped.")


@pytest.mark.points(0.25)
@pytest.mark.title("float32 in, float32 out")
def test_types(student, rng):
    x = rng.normal(size=(3, 4)).astype(np.float32)
    for mode in ("train", "test"):
        out, cache = student.dropout_forward(x, settings(rng, 0.25, mode))
        expect_dtype(out, np.float32, f"out in mode {mode}")
        expect_dtype(student.dropout_backward(x, cache), np.float32, f"dx in mode {mode}")


@pytest.mark.points(0.5)
@pytest.mark.title("The inputs stay as they were, and the results are new memory")
def test_purity(student, rng):
    for mode in ("train", "test"):
        x, dout = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))
        _out, cache = student.dropout_forward(x, settings(rng, 0.5, mode))
        expect_pure(student, "dropout_forward")
        student.dropout_backward(dout, cache)
        expect_pure(student, "dropout_backward")


@pytest.mark.hidden
@pytest.mark.points(0.25)
@pytest.mark.title("On average, the output is the input")
def test_mean(student, rng):
    x, p, copies = rng.uniform(1, 2, size=(1, 5)), 0.6, 20_000
    out, _cache = student.dropout_forward(np.repeat(x, copies, axis=0), settings(rng, p))
    expect_shape(out, (copies, 5))
    spread = x * math.sqrt(p / (1 - p) / copies)
    expect_close(out.mean(axis=0, keepdims=True), x, rtol=0, atol=SIGMAS * float(spread.max()), what="the mean of out")


def settings(rng, p, mode="train"):
    """What dropout_forward is told, with a fresh generator."""
    return {"p": p, "mode": mode, "rng": Seeded(seed_of(rng))}

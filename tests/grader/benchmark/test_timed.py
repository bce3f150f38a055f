"""The half of a timed call that runs beside the submission."""

from __future__ import annotations

import os

import numpy as np
import pytest

from grader.benchmark.block import Block, like
from grader.sandbox.inside.timed import Timed
from grader.sandbox.inside.values import Refused

X = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def block():
    made = Block((X, [1, {"pads": (2, X[0])}]), [(np.float32, (2, 3))])
    yield made
    made.close()


def timed(block, function, picks=(), *, events=False):
    request = {
        "size": block.size,
        "arguments": block.template,
        "outputs": block.places,
        "picks": list(picks),
        "device": "cpu",
        "tensors": False,
        "events": events,
    }
    return Timed(block.descriptor, request, function)


def test_arguments_come_as_they_were_nested_and_outputs_lie_in_the_block(block):
    def function(x, rest):
        assert rest[0] == 1
        assert rest[1]["pads"][0] == 2
        assert type(rest[1]["pads"]) is tuple
        return x + rest[1]["pads"][1]

    block.reveal(like((X, [1, {"pads": (2, X[0])}])))
    timed(block, function).call()

    assert (block.outputs[0] == X + X[0]).all()


def test_every_call_has_containers_of_its_own(block):
    seen = []
    runner = timed(block, lambda x, rest: seen.append(rest) or rest.append(0) or X)

    runner.call()
    runner.call()

    assert [len(rest) for rest in seen] == [3, 3]


def test_only_what_was_picked_is_stored(block):
    timed(block, lambda x, rest: ("cache", X), picks=(1,)).call()

    assert (block.outputs[0] == X).all()


@pytest.mark.parametrize(
    ("returned", "picks", "said"),
    [
        (X.tolist(), (), "must return an array as the output, not list"),
        (X[:1], (), "must return the output as float32 of shape (2, 3), not float32 of shape (1, 3)"),
        (X.astype(float), (), "must return the output as float32 of shape (2, 3), not float64 of shape (2, 3)"),
        (X, (0,), "must return at least 1 values"),
        ((X,), (1,), "must return at least 2 values"),
        (None, (), "must return an array as the output, not NoneType"),
    ],
)
def test_what_has_not_the_form_is_refused_in_words(block, returned, picks, said):
    with pytest.raises(Refused) as refusal:
        timed(block, lambda x, rest: returned, picks).call()

    assert said in str(refusal.value)


def test_the_block_outlives_the_descriptor_that_it_came_by(block):
    number = os.dup(block.descriptor)
    runner = timed(block, lambda x, rest: X)
    os.close(number)

    runner.call()

    assert (block.outputs[0] == X).all()

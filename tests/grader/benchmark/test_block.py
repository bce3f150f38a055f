"""The memory that the judge shares with a timed process."""

from __future__ import annotations

import mmap
import os
from contextlib import closing

import numpy as np
import pytest

from grader.benchmark.block import ALIGNMENT, Block, like


@pytest.fixture
def arguments():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((3, 1000), dtype=np.float32), rng.standard_normal((2, 2))
    return (x, {"w": w, "pads": [1, (w.astype(np.int8), None)]}, "same")


@pytest.fixture
def block(arguments):
    with closing(Block(arguments, [(np.float32, (5, 7)), (np.int64, (2,))])) as made:
        yield made


def test_arguments_stay_nested_and_every_array_begins_a_page(block):
    x, table, name = block.template

    assert x["shared"] == ["<f4", [3, 1000], 0]
    assert table["dict"][0] == ["w", {"shared": ["<f8", [2, 2], 3 * ALIGNMENT]}]
    assert table["dict"][1][1]["list"][0] == 1
    assert table["dict"][1][1]["list"][1]["tuple"] == [{"shared": ["|i1", [2, 2], 4 * ALIGNMENT]}, None]
    assert name == "same"
    assert block.places == [["<f4", [5, 7], 5 * ALIGNMENT], ["<i8", [2], 6 * ALIGNMENT]]
    assert block.size == 7 * ALIGNMENT


def test_what_is_revealed_is_what_another_mapping_sees(block, arguments):
    block.reveal(like(arguments))

    with closing(mmap.mmap(block.descriptor, block.size)) as seen:
        assert seen[:12000] == arguments[0].tobytes()
        assert seen[3 * ALIGNMENT : 3 * ALIGNMENT + 32] == arguments[1]["w"].tobytes()


def test_poison_leaves_no_number_of_the_call_before(block, arguments):
    block.reveal(like(arguments))
    for output in block.outputs:
        output[...] = 1

    block.poison()

    assert np.isnan(block.outputs[0]).all()
    assert (block.outputs[1] == -1).all()
    assert np.isnan(block.arguments[0]).all()
    assert np.isnan(block.arguments[1]).all()


def test_a_snapshot_stays_as_it_was_taken(block):
    rooms = [np.zeros_like(output) for output in block.outputs]
    block.outputs[0][...] = 1
    block.snapshot(rooms)

    block.outputs[0][...] = 2

    assert (rooms[0] == 1).all()


@pytest.mark.parametrize("size", [0, 1 << 20])
def test_whoever_holds_the_descriptor_cannot_change_its_size(block, size):
    with pytest.raises(PermissionError):
        os.ftruncate(block.descriptor, size)


def test_an_argument_that_is_no_data_is_refused():
    with pytest.raises(TypeError, match="Generator"):
        Block((np.random.default_rng(0),), [])


def test_an_array_that_is_not_contiguous_is_revealed_in_order():
    x = np.arange(12.0).reshape(3, 4).T
    with closing(Block((x,), [])) as block:
        block.reveal(like((x,)))

        assert (block.arguments[0] == x).all()

"""A safetensors file is read by its header; whatever else people save weights in is refused by name, never opened."""

from __future__ import annotations

import io
import json
import pickle
import re
import struct
import tracemalloc

import numpy as np
import pytest
import safetensors
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from grader.contract import UploadRefused, read_weights
from grader.contract.weights import BYTES, MOST_HEADER_BYTES, MOST_TENSORS, parameters_in
from tests.grader.contract.weights_files import TWO, safetensors_file, tensor

HALF = struct.pack("<2f", 1, 2)


class Bomb:
    """Runs code where it is unpickled."""

    def __reduce__(self):
        return pytest.fail, ("it was opened",)


def written(write) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def refusal(content: bytes, name: str = "weights.safetensors", **limits) -> str:
    with pytest.raises(UploadRefused) as caught:
        read_weights(content, name, **limits)
    return str(caught.value)


def test_tensors_are_read_in_the_order_of_their_bytes():
    weights = read_weights(TWO, "w.safetensors")
    assert [(each.name, each.dtype, each.shape, each.count) for each in weights.tensors] == [
        ("a", "F32", (2,), 2),
        ("b", "F32", (1, 2), 2),
    ]
    assert weights.content == TWO


def test_what_the_library_writes_is_read():
    arrays = {"conv.weight": np.ones((2, 3), "f4"), "norm.num_batches_tracked": np.array(7), "half": np.zeros(5, "f2")}
    tensors = {each.name: each for each in read_weights(save(arrays, {"format": "pt"}), "w").tensors}
    assert {name: each.shape for name, each in tensors.items()} == {name: a.shape for name, a in arrays.items()}
    assert parameters_in(tensors.values()) == 11


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (written(lambda file: torch.save({"a": Bomb()}, file)), "net.safetensors", "what torch.save writes"),
        (written(lambda file: torch.save({"a": torch.ones(2)}, file)), "net.pt", "what torch.save writes"),
        (
            written(lambda file: torch.save({"a": torch.ones(2)}, file, _use_new_zipfile_serialization=False)),
            "net.pth",
            "is a pickle, which runs code",
        ),
        *(
            (pickle.dumps(Bomb(), protocol), "net.safetensors", "is a pickle, which runs code")
            for protocol in range(2, 6)
        ),
        (pickle.dumps({"a": [1.0]}, 0), "net.safetensors", "is a pickle, which runs code"),
        (b"cos\nsystem\n(S'true'\ntR.", "net.safetensors", "is a pickle, which runs code"),
        (b"no pickle of a known kind", "model.pt", "files of that name are pickles"),
        (written(lambda file: np.savez(file, a=np.ones(2))), "net.safetensors", r"\.npz"),
        (written(lambda file: np.save(file, np.ones(2))), "net.safetensors", r"\.npy"),
        (b"\x89HDF\r\n\x1a\n" + bytes(64), "net.h5", "HDF5"),
        (b"PK\x03\x04" + bytes(64), "net.keras", "Keras"),
        (b"PK\x03\x04" + bytes(64), "net.safetensors", "a zip archive"),
        (b"version https://git-lfs.github.com/spec/v1\n", "net.safetensors", "Git LFS"),
    ],
)
def test_other_kinds_of_files_are_named_and_told_how_to_convert(content, name, words):
    message = refusal(content, name)
    assert message.startswith(name)
    assert re.search(words, message)
    assert message.endswith(
        'from safetensors.torch import save_file\n    save_file(net.state_dict(), "weights.safetensors")'
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x02\x00\x00\x00\x00\x00\x00\x00", "too few"),
        (safetensors_file(b"{}", length=2**40), "announce a header of 1,099,511,627,776 bytes, and 2 follow"),
        (safetensors_file(b"{}", length=2**64 - 1), "announce a header of 18,446,744,073,709,551,615 bytes"),
        (TWO[:40], "is cut off"),
        (TWO[:-1], "beyond its end"),
        (safetensors_file(b" " * 50), "does not begin with a brace"),
        (safetensors_file(b"{" + b" " * MOST_HEADER_BYTES + b"}"), "1,048,576 is the most"),
        (safetensors_file(b'{"a": '), "no JSON"),
        (safetensors_file(b'{"a": NaN}'), "no JSON"),
        (safetensors_file(b'{"a": "\xff"}'), "no JSON"),
        (safetensors_file(b'{"a":' * 100_000), "no JSON"),
        (safetensors_file(b'{"a":' + b"9" * 5000 + b"}"), "no JSON"),
        (safetensors_file({}), "holds no tensor"),
        (safetensors_file({"__metadata__": {"format": "pt"}}), "holds no tensor"),
        (safetensors_file({"a": 3}), "does not say dtype, shape and data_offsets of a"),
        (safetensors_file({"a": {"dtype": "F32", "shape": [2]}}), "does not say dtype"),
        (safetensors_file({"a": tensor(0, 8, 2) | {"code": "x"}}), "does not say dtype"),
        (safetensors_file({"a": tensor(0, 8, 2, dtype="F8_E4M3")}, HALF), "as 'F8_E4M3', which is not read"),
        (safetensors_file({"a": tensor(0, 8, 2, dtype="O")}, HALF), "as 'O', which is not read"),
        (safetensors_file({"a": tensor(0, 8, -2)}, HALF), "a shape or a place that is none"),
        (safetensors_file({"a": tensor(0, 8, 2.0)}, HALF), "a shape or a place that is none"),
        (safetensors_file({"a": tensor(0, 8, True, 2)}, HALF), "a shape or a place that is none"),
        (safetensors_file({"a": tensor(0, 8, *[1] * 9)}, HALF), "a shape or a place that is none"),
        (safetensors_file({"a": tensor(0, 8, 2**60)}, HALF), "a shape or a place that is none"),
        (safetensors_file({"a": tensor(8, 0, 2)}, HALF), "-8 bytes; it takes 8"),
        (safetensors_file({"a": tensor(0, 8, 3)}, HALF), "8 bytes; it takes 12"),
        (safetensors_file({"a": tensor(0, 0, 0, 2**40)}), "has no numbers"),
        (safetensors_file({"a": tensor(0, 8, 2), "b": tensor(4, 12, 2)}, bytes(12)), "has b overlap another tensor"),
        (safetensors_file({"a": tensor(0, 8, 2), "b": tensor(0, 8, 2)}, bytes(8)), "has b overlap another tensor"),
        (
            safetensors_file({"a": tensor(0, 8, 2), "b": tensor(12, 20, 2)}, bytes(20)),
            "4 bytes before b that belong to",
        ),
        (safetensors_file({"a": tensor(0, 8, 2)}, bytes(12)), "4 bytes at its end"),
        (safetensors_file({"a": tensor(2**40, 2**40 + 8, 2)}, HALF), "beyond its end"),
        (safetensors_file({"a\x1b[31m": tensor(0, 8, 2)}, HALF), "whose name cannot be shown"),
        (safetensors_file({"a" * 201: tensor(0, 8, 2)}, HALF), "whose name cannot be shown"),
        (safetensors_file({"": tensor(0, 8, 2)}, HALF), "whose name cannot be shown"),
        (safetensors_file(b'{"\\ud800": {}}'), "whose name cannot be shown"),
    ],
)
def test_damaged_and_forged_files_are_refused_in_words(content, words):
    message = refusal(content)
    assert words in message
    assert message.startswith("weights.safetensors")
    assert message.isprintable() or "save_file(" in message


def test_a_name_that_stands_twice_is_refused():
    entry = json.dumps(tensor(0, 8, 2))
    assert "names 'a' twice" in refusal(safetensors_file(f'{{"a": {entry}, "a": {entry}}}'.encode(), HALF))


def test_too_many_tensors_are_refused():
    header = {f"t{n}": tensor(n, n + 1, 1, dtype="U8") for n in range(MOST_TENSORS + 1)}
    assert "holds 2,001 tensors; 2,000 is the most" in refusal(safetensors_file(header, bytes(MOST_TENSORS + 1)))


def test_a_file_above_the_assignments_limit_is_refused():
    large = save({"a": np.zeros(2**18, "f4")})
    assert "has 1.0 MiB; the weights may have 1 MiB at most" in refusal(large, max_mib=1)
    assert read_weights(large, "w", 1.1).tensors[0].count == 2**18


def test_the_worst_header_costs_little_memory():
    distinct = ",".join(f'"{n:x}":1' for n in range(110_000))
    headers = (b'{"a":[' + b"[]," * 340_000 + b"[]]}", f'{{{distinct},"1":1}}'.encode())
    for header in headers:
        tracemalloc.start()
        refusal(safetensors_file(header))
        assert tracemalloc.get_traced_memory()[1] < 150 * 2**20
        tracemalloc.stop()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    read_or_refused(content)


LEAVES = st.none() | st.booleans() | st.integers(-5, 40) | st.text(max_size=4) | st.sampled_from(sorted(BYTES))
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4), max_leaves=6)
ENTRY = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from([*BYTES, "F8_E4M3", "O"]) | ANYTHING,
        "shape": st.lists(st.integers(-1, 3), max_size=4) | ANYTHING,
        "data_offsets": st.lists(st.integers(-1, 40), min_size=2, max_size=2) | ANYTHING,
    }
)


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(st.text(max_size=6), ENTRY | ANYTHING, max_size=4), st.binary(max_size=40))
def test_any_header_is_read_or_refused(header, numbers):
    read_or_refused(safetensors_file(header, numbers))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(TWO) - 1), st.binary(min_size=1, max_size=3), st.booleans())
def test_a_damaged_file_is_read_or_refused(place, damage, cuts):
    read_or_refused(TWO[:place] + damage + (b"" if cuts else TWO[place + len(damage) :]))


def read_or_refused(content: bytes) -> None:
    """Refused as an upload is; or else the library, which is another reader, finds the same tensors."""
    try:
        weights = read_weights(content, "weights.safetensors")
    except UploadRefused:
        return
    found = dict(safetensors.deserialize(content))
    assert {each.name: (each.dtype, list(each.shape)) for each in weights.tensors} == {
        name: (entry["dtype"], entry["shape"]) for name, entry in found.items()
    }
    assert all(len(found[each.name]["data"]) == each.end - each.begin for each in weights.tensors)

"""Weights as safetensors: what the file says about itself, read with the standard library, and why a file is refused.

The format (github.com/huggingface/safetensors): eight bytes of the header's length, little-endian; the header, JSON
that gives each tensor's dtype, shape and place; the numbers of all tensors, one after the other. Nothing in it can be
run. Here no number is looked at: what the tensors hold is decoded by the judge.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.contract.assignment import MOST_WEIGHTS_MIB
from grader.contract.upload import UploadRefused

MOST_HEADER_BYTES = 1024 * 1024
MOST_TENSORS = 2000
MOST_DIMENSIONS = 8
LONGEST_NAME = 200
METADATA = "__metadata__"
PREFIX_BYTES = 8
FLOATING = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}
INTEGERS = {"I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1}
BYTES = FLOATING | INTEGERS
"""What a number of each dtype takes. The format has others, such as F8_E4M3, which NumPy cannot hold."""
CONVERT = (
    "Save them again where you trained, with these two lines:\n"
    "    from safetensors.torch import save_file\n"
    '    save_file(net.state_dict(), "weights.safetensors")'
)
PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
TEXT_PICKLES = (
    b"(dp",
    b"(lp",
    b"}q\x00",
    b"]q\x00",
    b"ccollections\n",
    b"cos\n",
    b"cposix\n",
    b"c__builtin__\n",
    b"cbuiltins\n",
)
PICKLE_SUFFIXES = (".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".bin")
PICKLE = "is a pickle, which runs code when it is opened: it is never opened here"
KINDS = (
    (b"\x89HDF\r\n\x1a\n", "is an HDF5 file, as Keras writes it"),
    (b"\x93NUMPY", "is a NumPy array (.npy)"),
    (b"\x1f\x8b", "is a gzip archive"),
    (b"7z\xbc\xaf", "is a 7z archive"),
    (b"Rar!", "is a RAR archive"),
    (b"version https://git-lfs", "is a pointer of Git LFS, not the weights themselves"),
)
HDF5_SUFFIXES = (".h5", ".hdf5", ".keras")


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor of the file: its dtype as the format names it, its shape, and where its bytes lie after the header."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def count(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights that can be graded: its bytes, and what they hold, in the file's order."""

    content: bytes
    tensors: tuple[Tensor, ...]


def read_weights(content: bytes, filename: str, max_mib: float = MOST_WEIGHTS_MIB) -> Weights:
    """What a safetensors file holds, without looking at its numbers.

    Raises UploadRefused, in words for the student, for any other kind of file, and for a safetensors file that is
    damaged, forged or too large.
    """
    if not content:
        raise UploadRefused(f"{filename} is empty. Did saving it end before you uploaded it?")
    _refuse_other_kinds(content, filename)
    if len(content) > max_mib * 2**20:
        size = f"{len(content) / 2**20:,.1f} MiB"
        raise UploadRefused(f"{filename} has {size}; the weights may have {max_mib:g} MiB at most.")
    header, held = _header(content, filename)
    entries = {key: entry for key, entry in header.items() if key != METADATA}
    if not entries:
        raise UploadRefused(f"{filename} holds no tensor. Did you save the state_dict() of the network?")
    if len(entries) > MOST_TENSORS:
        raise UploadRefused(f"{filename} holds {len(entries):,} tensors; {MOST_TENSORS:,} is the most.")
    tensors = sorted((_tensor(key, entry, filename) for key, entry in entries.items()), key=lambda each: each.begin)
    _check_places(tensors, held, filename)
    return Weights(content, tuple(tensors))


def parameters_in(tensors: Iterable[Tensor]) -> int:
    """How many floating-point numbers they hold together, running statistics included."""
    return sum(tensor.count for tensor in tensors if tensor.dtype in FLOATING)


def _refuse_other_kinds(content: bytes, filename: str) -> None:
    """Name the kinds of files that people save weights in, by their first bytes, whatever the file is called."""
    name = filename.lower()
    kind = ""
    if content.startswith(b"PK\x03\x04"):
        kind = _kind_of_zip(content, name)
    elif content.startswith((*PICKLES, *TEXT_PICKLES)):
        kind = PICKLE
    else:
        kind = next((words for magic, words in KINDS if content.startswith(magic)), "")
    if not kind and name.endswith(PICKLE_SUFFIXES):
        kind = "is not a safetensors file; files of that name are pickles, which run code when they are opened"
    if kind:
        raise UploadRefused(f"{filename} {kind}. Weights are handed in as safetensors. {CONVERT}")


def _kind_of_zip(content: bytes, name: str) -> str:
    if name.endswith(HDF5_SUFFIXES):
        return "is a model of Keras"
    if b"data.pkl" in content:
        return "is what torch.save writes (.pt): a zip with a pickle, which runs code when it is opened"
    return "is a file of NumPy's (.npz)" if b".npy" in content else "is a zip archive"


def _header(content: bytes, filename: str) -> tuple[dict[str, Any], int]:
    """The header, and how many bytes of numbers follow it."""
    length = int.from_bytes(content[:PREFIX_BYTES], "little")
    rest = len(content) - PREFIX_BYTES
    if rest < 2:
        raise UploadRefused(f"{filename} has {len(content)} bytes, too few for a safetensors file. {CONVERT}")
    if length > rest:
        raise UploadRefused(
            f"{filename} is not a safetensors file, or is cut off: its first bytes announce a header of {length:,} "
            f"bytes, and {rest:,} follow. {CONVERT}"
        )
    if length > MOST_HEADER_BYTES:
        raise UploadRefused(
            f"{filename} has a header of {length:,} bytes; {MOST_HEADER_BYTES:,} is the most. "
            "Save the state_dict() alone."
        )
    raw = content[PREFIX_BYTES : PREFIX_BYTES + length]
    if not raw.startswith(b"{"):
        raise UploadRefused(f"{filename} is not a safetensors file: its header does not begin with a brace. {CONVERT}")
    return _parsed(raw, filename), rest - length


def _parsed(raw: bytes, filename: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for name, value in pairs:
            if name in seen:
                raise UploadRefused(f"{filename} names {_shown(name)} twice in its header. Save the weights again.")
            seen[name] = value
        return seen

    try:
        header = json.loads(raw.decode("utf-8"), object_pairs_hook=once, parse_constant=_no_number)
    except UploadRefused:
        raise
    except (ValueError, RecursionError):
        raise UploadRefused(f"{filename} has a header that is no JSON: the file is damaged. Save it again.") from None
    if not isinstance(header, dict):
        raise UploadRefused(f"{filename} has a header that is no JSON object: the file is damaged. Save it again.")
    return header


def _no_number(name: str) -> None:
    raise ValueError(name)


def _tensor(name: str, entry: object, filename: str) -> Tensor:
    if not name.isprintable() or not name or len(name) > LONGEST_NAME:
        raise UploadRefused(f"{filename} has a tensor whose name cannot be shown: {_shown(name)}.")
    match entry:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [begin, end], **rest} if not rest:
            pass
        case _:
            raise UploadRefused(f"{filename} does not say dtype, shape and data_offsets of {name}: it is damaged.")
    if dtype not in BYTES:
        known = ", ".join(BYTES)
        raise UploadRefused(
            f"{filename} holds {name} as {_shown(dtype)}, which is not read here; {known} are. Save net.float()."
        )
    if len(shape) > MOST_DIMENSIONS or not all(_is_size(n) for n in (*shape, begin, end)):
        raise UploadRefused(f"{filename} gives {name} a shape or a place that is none: it is damaged.")
    tensor = Tensor(name, dtype, tuple(shape), begin, end)
    if tensor.count == 0:
        raise UploadRefused(f"{filename} holds {name} of shape {tensor.shape}, which has no numbers.")
    if tensor.count * BYTES[dtype] != end - begin:
        raise UploadRefused(
            f"{filename} gives {name} of shape {tensor.shape} and dtype {dtype} {end - begin:,} bytes; "
            f"it takes {tensor.count * BYTES[dtype]:,}."
        )
    return tensor


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**48


def _check_places(tensors: list[Tensor], size: int, filename: str) -> None:
    """The tensors lie one after the other and fill the file: no two share bytes, and nothing is hidden between them."""
    end = 0
    for tensor in tensors:
        if tensor.end > size:
            raise UploadRefused(
                f"{filename} places {tensor.name} at bytes {tensor.begin:,} to {tensor.end:,}, beyond its end: "
                f"{size:,} follow the header. Was the file cut off?"
            )
        if tensor.begin < end:
            raise UploadRefused(f"{filename} has {tensor.name} overlap another tensor. Save the weights again.")
        if tensor.begin > end:
            raise UploadRefused(
                f"{filename} has {tensor.begin - end:,} bytes before {tensor.name} that belong to no tensor."
            )
        end = tensor.end
    if end < size:
        raise UploadRefused(f"{filename} has {size - end:,} bytes at its end that belong to no tensor.")


def _shown(name: str) -> str:
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name[:60])
    return repr(text + ("…" if len(name) > 60 else ""))

"""A zip with several Python files: which of them are taken, and why one is refused. Nothing is unpacked to disk."""

from __future__ import annotations

import io
import re
import stat
import sys
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.contract.upload import MAX_BYTES, UploadRefused

MAX_ARCHIVE_BYTES = 1024 * 1024
MAX_UNPACKED = 16 * 1024 * 1024
MOST_MEMBERS = 100
MOST_RATIO = 200
SMALL = 64 * 1024
"""What unpacks to so little may be packed at any ratio."""

LONGEST_NAME = 100
MOST_NAMED = 8
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ARCHIVE_SUFFIXES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".whl", ".egg")
MODULE = re.compile(r"[A-Za-z][A-Za-z0-9_]*\.py|_[A-Za-z0-9][A-Za-z0-9_]*\.py")
INSTALLED = (
    *("numpy", "torch", "functorch", "torchgen", "sympy", "isympy", "mpmath", "networkx", "jinja2", "markupsafe"),
    *("filelock", "fsspec", "setuptools", "pkg_resources", "typing_extensions"),
)
"""Modules of the sandbox's packages, for every profile."""

TAKEN_NAMES = frozenset({*sys.stdlib_module_names, *INSTALLED, "test"})


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The entry's name and content, the other Python files beside it, and the paths of all that was left out.

    `weights` is the content of the file of weights beside it, None where none was asked for or is there.
    """

    entry: str
    content: bytes
    modules: Mapping[str, bytes]
    left_out: tuple[str, ...]
    weights: bytes | None = None


def read_archive(content: bytes, filename: str, wanted: str, weights: str = "", weights_bytes: int = 0) -> Unpacked:
    """Take `wanted` (or the notebook of that name) and the Python files beside it out of a zip.

    They may lie at the top or together in one folder. `weights` is the name of a file to take as well, for which the
    zip may have so many bytes more. Raises UploadRefused, naming the file that is the reason.
    """
    most = MAX_ARCHIVE_BYTES + weights_bytes
    if len(content) > most:
        size = f"{len(content) / 1024:,.0f} KiB"
        raise UploadRefused(f"{filename} has {size}; a zip may have {most // 1024:,} KiB at most.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive, filename, wanted, weights, MAX_UNPACKED + weights_bytes)
    except UploadRefused:
        raise
    except UnicodeDecodeError:
        raise UploadRefused(
            f"{filename} holds a file whose name is not in UTF-8. Rename it in plain letters."
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise UploadRefused(f"{filename} is damaged and cannot be unpacked. Make the zip anew.") from None


def _unpacked(archive: zipfile.ZipFile, filename: str, wanted: str, weights: str, most: int) -> Unpacked:
    members = _members(archive, filename, most)
    entry = _entry(members, filename, wanted)
    folder = entry.parent
    modules = {
        path.name: info
        for path, info in members.items()
        if path.parent == folder and path != entry and MODULE.fullmatch(path.name)
    }
    for name in modules:
        if name.removesuffix(".py") in TAKEN_NAMES:
            raise UploadRefused(
                f"{filename} holds {name}, which has the name of a module of Python's or of the sandbox's own: "
                f"that module would be imported instead. Rename it, for instance to my_{name}."
            )
    beside = folder / weights if weights and folder / weights in members else None
    taken = {folder / name for name in modules} | {entry} | ({beside} if beside else set())
    code = sum(members[path].file_size for path in taken if path.suffix == ".py")
    if code > MAX_BYTES:
        raise UploadRefused(
            f"{filename} holds {code / 1024:,.0f} KiB of Python; all files together may have {MAX_BYTES // 1024} KiB."
        )
    left_out = tuple(str(path) for path in members if path not in taken)
    texts = {name: _content(archive, info) for name, info in sorted(modules.items())}
    held = _content(archive, members[beside]) if beside else None
    return Unpacked(entry.name, _content(archive, members[entry]), texts, left_out, held)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """What a member unpacks to. Reading without a bound would unpack all of one that lies about its size."""
    with archive.open(info) as member:
        return member.read(info.file_size + 1)


def _members(archive: zipfile.ZipFile, filename: str, most: int) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """The archive's files by path, every one of them harmless. Raises UploadRefused."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS:
        raise UploadRefused(
            f"{filename} holds {len(infos):,} files; {MOST_MEMBERS} is the most. Leave out data and environments."
        )
    members: dict[PurePosixPath, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for info in infos:
        path = _path(info, filename)
        _check_member(info, str(path), filename)
        if str(path).casefold() in seen:
            raise UploadRefused(f"{filename} holds {path} twice. Make the zip anew.")
        seen.add(str(path).casefold())
        members[path] = info
    unpacked = sum(info.file_size for info in infos)
    if unpacked > most:
        size = f"{unpacked / 1024**2:,.0f} MiB"
        raise UploadRefused(
            f"{filename} unpacks to {size}; {most // 1024**2} MiB is the most. Leave out data and pictures."
        )
    return members


def _path(info: zipfile.ZipInfo, filename: str) -> PurePosixPath:
    """Where a member lies in the archive. Raises UploadRefused for a name that is a trick, or no UTF-8."""
    name = info.orig_filename
    if not info.flag_bits & 0x800 and not name.isascii():
        try:  # some programs write UTF-8 without saying so; the library has read it as code page 437
            name = name.encode("cp437").decode()
        except UnicodeError:
            raise UploadRefused(
                f"{filename} holds a file whose name is not in UTF-8 ({_printable(name)}). Rename it in plain letters."
            ) from None
    name = name.replace("\\", "/")
    parts = name.split("/")
    if not name.isprintable() or name.startswith("/") or re.match(r"[A-Za-z]:", name) or {"", ".", ".."} & set(parts):
        raise UploadRefused(
            f"{filename} holds a file with the path {_printable(name)}, which leads elsewhere. Make the zip anew."
        )
    if len(name) > LONGEST_NAME:
        raise UploadRefused(
            f"{filename} holds a path of {len(name):,} characters ({_printable(name)}); make it shorter."
        )
    return PurePosixPath(name)


def _printable(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    return repr(shown if len(shown) <= 60 else f"{shown[:60]}…")


def _check_member(info: zipfile.ZipInfo, path: str, filename: str) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 0x41:
        raise UploadRefused(f"{filename} is encrypted ({path}). Make the zip without a password.")
    if kind not in (0, stat.S_IFREG):
        raise UploadRefused(
            f"{filename} holds {path}, which is a link and not a file. Put the file itself into the zip."
        )
    if path.lower().endswith(ARCHIVE_SUFFIXES):
        raise UploadRefused(f"{filename} holds another archive, {path}. Put the files themselves into one zip.")
    if info.compress_type not in METHODS:
        raise UploadRefused(f"{filename} packs {path} in a way that is not read here. Make an ordinary zip (deflate).")
    if info.file_size > max(SMALL, MOST_RATIO * info.compress_size):
        ratio = info.file_size // max(1, info.compress_size)
        raise UploadRefused(f"{filename} holds {path}, packed to one {ratio:,}th of its size: that is no program text.")


def _entry(paths: Iterable[PurePosixPath], filename: str, wanted: str) -> PurePosixPath:
    """The one file that is loaded first. Raises UploadRefused where it is missing, or there are several."""
    listed = list(paths)
    for name in (wanted, f"{wanted.removesuffix('.py')}.ipynb"):
        found = sorted((path for path in listed if path.name == name and len(path.parts) <= 2), key=_depth)
        if len(found) > 1 and _depth(found[0]) == _depth(found[1]):
            raise UploadRefused(f"{filename} holds {found[0]} and {found[1]}. Put one {name} at its top.")
        if found:
            return found[0]
    python = [str(path) for path in listed if path.suffix in (".py", ".ipynb") and not path.name.startswith(".")]
    held = f"It holds {named(python)}." if python else "It holds no Python file at all."
    raise UploadRefused(
        f"{filename} has no {wanted} at its top or in its one folder: that is the file that is loaded first. {held}"
    )


def _depth(path: PurePosixPath) -> int:
    return len(path.parts)


def named(names: Iterable[str]) -> str:
    """A few names as a sentence has them."""
    listed = list(names)
    more = len(listed) - MOST_NAMED
    return ", ".join(listed[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

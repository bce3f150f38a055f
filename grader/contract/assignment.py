"""An assignment folder as data: its `assignment.toml` read strictly, its texts, and the hash that names its version."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from grader.contract.benchmark import BENCHMARK_FILE, Benchmark, read_benchmark
from grader.contract.errors import ContractError
from grader.contract.fields import as_object, refuse_unknown, take

DECK_LINES = re.compile(r"D\d L\d+(-\d+)?")
FOLDER_NAME = re.compile(r"\d{2}-[a-z0-9]+(-[a-z0-9]+)*")
PROFILES = ("numpy", "torch")
KINDS = ("function", "class")
CROSSINGS = ("value", "handle")
REQUIRED_FILES = ("assignment.toml", "statement.md", "starter.py", "checks.py")
WEIGHTS_SUFFIX = ".safetensors"
MOST_WEIGHTS_MIB = 16
QUESTIONS_FILE = "quiz.toml"
"""The questions of the folder's topic. A folder may hold them alone, without an assignment."""
REFUSABLE = (
    *("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
    *("unfold", "fold"),
    *("max_pool1d", "max_pool2d", "max_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"),
    *("avg_pool1d", "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"),
    *("max_unpool1d", "max_unpool2d", "max_unpool3d", "interpolate"),
    *("batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"),
    *("dropout", "linear", "softmax", "log_softmax", "cross_entropy", "nll_loss"),
)
"""Names of torch.nn.functional that `refused_operators` may list."""


class AssignmentError(ContractError):
    """An assignment folder cannot be used; the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a submission may use. Seconds are of wall time unless named otherwise; sizes in KiB or MiB."""

    check_seconds: float = 10.0
    total_seconds: float = 120.0
    cpu_seconds: float = 120.0
    memory_mib: int = 1024
    processes: int = 32
    open_files: int = 64
    output_kib: int = 256
    file_mib: int = 16
    tmp_mib: int = 64
    returned_mib: int = 64

    @classmethod
    def from_dict(cls, data: object, where: str) -> Limits:
        """Read the `[limits]` table; what it leaves out keeps its default. Raises AssignmentError."""
        try:
            table = as_object(data, where)
            kinds = {f.name: type(getattr(_DEFAULTS, f.name)) for f in fields(cls)}
            refuse_unknown(table, set(kinds), where)
            values = {name: take(table, name, kinds[name], where) for name in table}
        except ContractError as error:
            raise AssignmentError(str(error)) from None
        for name, value in values.items():
            if value <= 0:
                raise AssignmentError(f"{where}: {name} must be positive, not {value}")
        return cls(**values)


_DEFAULTS = Limits()


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that a submission must define.

    `returns` says for a function how each part of what it returns crosses to the judge: one word for a single value,
    one per item for a tuple. `value` crosses as data; `handle` stays in the sandbox and can be handed back in.
    """

    name: str
    kind: str = "function"
    signature: str = ""
    returns: tuple[str, ...] = ("value",)


@dataclass(frozen=True, slots=True)
class Trained:
    """The table `[trained]`: students hand in a network together with its weights.

    `weights` is the name of the safetensors file, `max_mib` what it may have. `input` is an image's shape (C, H, W).
    `max_parameters` bounds the floating-point numbers in the file, `max_mult_adds` the multiply-accumulates for one
    image.
    """

    weights: str
    max_mib: float
    input: tuple[int, int, int]
    max_parameters: int
    max_mult_adds: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment, as published to students and as graded.

    `points` are all that can be had: those of the checks, and those of the benchmark's fastest tier.
    `refused_operators` are names of REFUSABLE: they, and whatever else in torch computes the same, raise an error while
    the student's code runs. `trained` is there where students hand in weights as well.
    """

    id: str
    folder: Path
    title: str
    summary: str
    profile: str
    filename: str
    points: float
    entries: tuple[Entry, ...]
    limits: Limits
    version: str
    sources: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    gpu: bool = False
    refused_operators: tuple[str, ...] = ()
    trained: Trained | None = None
    benchmark: Benchmark | None = None

    @property
    def check_points(self) -> float:
        """What the checks are worth together."""
        return self.points - (self.benchmark.points if self.benchmark else 0.0)

    @property
    def number(self) -> str:
        """The two digits that order the course, such as `04`."""
        return self.id[:2]

    def statement(self) -> str:
        """The statement's Markdown."""
        return (self.folder / "statement.md").read_text(encoding="utf-8")

    def starter(self) -> str:
        """The file that is handed out."""
        return (self.folder / "starter.py").read_text(encoding="utf-8")

    def submissions(self, kind: str) -> list[Path]:
        """The sample submissions of one kind (`accepted`, `wrong`, `crash`, `time_limit`, `hostile`), by name."""
        return sorted((self.folder / "submissions" / kind).glob("*.py"))

    def sample_weights(self, sample: Path) -> bytes:
        """The weights of a sample submission: those beside it under its name, or else those of all samples.

        Empty where the assignment asks for none. Raises AssignmentError where they are missing.
        """
        if self.trained is None:
            return b""
        shared = self.folder / "submissions" / self.trained.weights
        for path in (sample.with_suffix(WEIGHTS_SUFFIX), shared):
            if path.is_file():
                return path.read_bytes()
        raise AssignmentError(f"{self.id}: {sample.name} has no weights: {shared.name} is missing in submissions")


KEYS = {
    "title",
    "summary",
    "profile",
    "filename",
    "points",
    "entry",
    "limits",
    "sources",
    "covers",
    "gpu",
    "refused_operators",
    "trained",
    "benchmark",
}


def load_assignment(folder: Path) -> Assignment:
    """Read one assignment folder. Raises AssignmentError with the file and the field that is wrong."""
    if not FOLDER_NAME.fullmatch(folder.name):
        raise AssignmentError(f"{folder.name}: an assignment's folder is named like 04-conv-forward")
    for name in REQUIRED_FILES:
        if not (folder / name).is_file():
            raise AssignmentError(f"{folder.name}: {name} is missing")
    where, folder = f"{folder.name}/assignment.toml", folder.resolve()
    try:
        data = tomllib.loads((folder / "assignment.toml").read_text(encoding="utf-8"))
        return _from_table(folder, data, where)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AssignmentError(f"{where}: {error}") from None
    except AssignmentError:
        raise
    except ContractError as error:
        raise AssignmentError(str(error)) from None


def load_assignments(root: Path) -> dict[str, Assignment]:
    """Every assignment below `root`, by id, in course order. Raises AssignmentError for the first that is broken."""
    if not root.is_dir():
        raise AssignmentError(f"{root} is not a folder of assignments")
    return {folder.name: load_assignment(folder) for folder in assignment_folders(root)}


def load_usable(root: Path) -> tuple[dict[str, Assignment], dict[str, str]]:
    """Every assignment below `root` that can be used, and what is wrong with each that cannot, by folder."""
    usable, broken = {}, {}
    for folder in assignment_folders(root):
        try:
            usable[folder.name] = load_assignment(folder)
        except AssignmentError as error:
            broken[folder.name] = str(error)
    return usable, broken


def assignment_folders(root: Path) -> list[Path]:
    """The folders below `root` that are assignments or mean to be, in course order; not those of questions alone."""
    folders = sorted(path for path in root.iterdir() if path.is_dir() and FOLDER_NAME.fullmatch(path.name))
    return [folder for folder in folders if not has_questions_alone(folder)]


def has_questions_alone(folder: Path) -> bool:
    """Whether a folder has quiz questions and is no assignment."""
    return (folder / QUESTIONS_FILE).is_file() and not (folder / "assignment.toml").exists()


def _from_table(folder: Path, data: dict[str, Any], where: str) -> Assignment:
    refuse_unknown(data, KEYS, where)
    profile = take(data, "profile", str, where)
    if profile not in PROFILES:
        raise AssignmentError(f"{where}: profile must be one of {', '.join(PROFILES)}, not {profile!r}")
    filename = take(data, "filename", str, where)
    if not re.fullmatch(r"[a-z_][a-z0-9_]*\.py", filename):
        raise AssignmentError(f"{where}: filename must be a Python file's name, not {filename!r}")
    points = take(data, "points", float, where)
    if points <= 0:
        raise AssignmentError(f"{where}: points must be positive")
    return Assignment(
        id=folder.name,
        folder=folder,
        title=take(data, "title", str, where),
        summary=take(data, "summary", str, where),
        profile=profile,
        filename=filename,
        points=points,
        entries=_entries(data, where),
        limits=Limits.from_dict(data.get("limits", {}), f"{where} [limits]"),
        version=folder_version(folder),
        sources=tuple(str(source) for source in data.get("sources", [])),
        covers=_covers(data, where),
        gpu=bool(data.get("gpu", False)),
        refused_operators=_refused_operators(data, profile, where),
        trained=_trained(data, profile, where),
        benchmark=_benchmark(folder, data, points, where),
    )


def _benchmark(folder: Path, data: dict[str, Any], points: float, where: str) -> Benchmark | None:
    if "benchmark" not in data:
        return None
    if not (folder / BENCHMARK_FILE).is_file():
        raise AssignmentError(f"{folder.name}: {BENCHMARK_FILE} is missing, which [benchmark] needs")
    samples = sorted(path.stem for path in (folder / "submissions" / "accepted").glob("*.py"))
    benchmark = read_benchmark(data["benchmark"], samples, f"{where} [benchmark]")
    if benchmark.points >= points:
        raise AssignmentError(f"{where}: points are all that can be had, more than the {benchmark.points:g} for speed")
    return benchmark


def _refused_operators(data: dict[str, Any], profile: str, where: str) -> tuple[str, ...]:
    if "refused_operators" not in data:
        return ()
    names = take(data, "refused_operators", list, where)
    if profile != "torch":
        raise AssignmentError(f"{where}: refused_operators is for the profile torch; {profile} has none of them anyway")
    unknown = [name for name in names if name not in REFUSABLE]
    if unknown:
        known = ", ".join(REFUSABLE)
        raise AssignmentError(f"{where}: refused_operators does not know {unknown[0]!r}; known are {known}")
    if len(set(names)) != len(names):
        raise AssignmentError(f"{where}: refused_operators names an operator twice")
    return tuple(names)


def _trained(data: dict[str, Any], profile: str, where: str) -> Trained | None:
    if "trained" not in data:
        return None
    where = f"{where} [trained]"
    if profile != "torch":
        raise AssignmentError(f"{where}: trained networks are for the profile torch, not for {profile}")
    table = as_object(data["trained"], where)
    refuse_unknown(table, {f.name for f in fields(Trained)}, where)
    weights = take(table, "weights", str, where)
    if not re.fullmatch(rf"[a-z_][a-z0-9_]*\{WEIGHTS_SUFFIX}", weights):
        raise AssignmentError(f"{where}: weights must be a name such as weights.safetensors, not {weights!r}")
    max_mib = take(table, "max_mib", float, where)
    if not 0 < max_mib <= MOST_WEIGHTS_MIB:
        raise AssignmentError(f"{where}: max_mib must lie between 0 and {MOST_WEIGHTS_MIB}, not {max_mib:g}")
    shape = take(table, "input", list, where)
    bounds = {name: take(table, name, int, where) for name in ("max_parameters", "max_mult_adds")}
    if len(shape) != 3 or not all(type(size) is int and size > 0 for size in (*shape, *bounds.values())):
        raise AssignmentError(f"{where}: input must be [channels, height, width], and every number positive")
    return Trained(weights=weights, max_mib=max_mib, input=(shape[0], shape[1], shape[2]), **bounds)


def _covers(data: dict[str, Any], where: str) -> tuple[str, ...]:
    """Lines of the course's decks, each as `D1 L30-34` or `D2 L66`."""
    lines = data.get("covers", [])
    if not isinstance(lines, list) or not all(isinstance(line, str) and DECK_LINES.fullmatch(line) for line in lines):
        raise AssignmentError(f"{where}: covers must list lines of the decks such as 'D1 L30-34' or 'D2 L66'")
    return tuple(lines)


def _entries(data: dict[str, Any], where: str) -> tuple[Entry, ...]:
    tables = take(data, "entry", list, where)
    if not tables:
        raise AssignmentError(f"{where}: at least one [[entry]] is needed")
    entries = tuple(_entry(as_object(table, f"{where} [[entry]]"), f"{where} [[entry]]") for table in tables)
    names = [entry.name for entry in entries]
    if len(set(names)) != len(names):
        raise AssignmentError(f"{where}: two entries have the same name")
    return entries


def _entry(table: dict[str, Any], where: str) -> Entry:
    refuse_unknown(table, {"name", "kind", "signature", "returns"}, where)
    name = take(table, "name", str, where)
    if not name.isidentifier():
        raise AssignmentError(f"{where}: {name!r} is not a Python name")
    kind = table.get("kind", "function")
    returns = table.get("returns", ["value"])
    if kind not in KINDS:
        raise AssignmentError(f"{where}: kind must be one of {', '.join(KINDS)}, not {kind!r}")
    if not isinstance(returns, list) or not returns or any(word not in CROSSINGS for word in returns):
        raise AssignmentError(f"{where}: returns must list {' or '.join(CROSSINGS)} for each returned part")
    return Entry(name=name, kind=kind, signature=str(table.get("signature", "")), returns=tuple(returns))


def folder_version(folder: Path) -> str:
    """The first 16 hexadecimal digits of a SHA-256 over every file's path and content.

    The quiz questions are left out: they change nothing about how a submission is graded.
    """
    digest = hashlib.sha256()
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for path in sorted(path for path in files if path != folder / QUESTIONS_FILE):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]

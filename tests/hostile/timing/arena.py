"""Where cheats are timed: a small convolution, an honest twin that does the same work, and the real protocol."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.benchmark.pairs import Contest, WrongOutput, time_pair
from grader.benchmark.side import Place
from grader.benchmark.statistics import Estimate, estimate
from grader.benchmark.work import Expected, Work
from grader.contract import Assignment, ProcessPair, load_assignment
from grader.sandbox.errors import StudentFault
from grader.sandbox.process import Launcher
from tests.grader.conftest import write_assignment

CHEATS = Path(__file__).parent / "cheats"
N, C, SIDE, F, KERNEL = 32, 8, 32, 4, 3
CALLS = 9
FEWEST_PAIRS, MOST_PAIRS = 3, 12
NOISE = 1.1
SLOWED = 1.2

TOML = """
title = "Small convolution"
summary = "Every kernel over every image."
profile = "{profile}"
filename = "layer.py"
points = 5

[[entry]]
name = "conv"

[limits]
check_seconds = 2
cpu_seconds = 30
memory_mib = 512
processes = 16
output_kib = 64
tmp_mib = 8
"""

TWINS = {
    "numpy": '''"""One product for each offset within the kernel."""
import numpy as np


def conv(x, w):
    n, c, h, _ = x.shape
    f, _, k, _ = w.shape
    side = h - k + 1
    out = np.zeros((n, f, side * side), np.float32)
    for i in range(k):
        for j in range(k):
            patch = x[:, :, i : i + side, j : j + side].reshape(n, c, -1)
            out += np.ascontiguousarray(w[:, :, i, j]) @ patch
    return out.reshape(n, f, side, side)
''',
    "torch": '''"""One product for each offset within the kernel."""
import torch


def conv(x, w):
    n, c, h, _ = x.shape
    f, _, k, _ = w.shape
    side = h - k + 1
    out = torch.zeros(n, f, side * side)
    for i in range(k):
        for j in range(k):
            out += w[:, :, i, j] @ x[:, :, i : i + side, j : j + side].reshape(n, c, -1)
    return out.reshape(n, f, side, side)
''',
}
"""Imported by the cheats as `twin`, and timed beside them."""

HONEST = "from twin import conv\n"
SLOWER = """import time

from twin import conv as honest

def conv(x, w):
    began = time.thread_time()
    out = honest(x, w)
    until = began + 1.4 * (time.thread_time() - began)
    while time.thread_time() < until:
        pass
    return out
"""
"""The twin with two fifths of its work on top: with what both sides share of the protocol, about 1.3 times the time."""


def draw(rng: np.random.Generator) -> tuple[Any, ...]:
    """Images of (N, C, SIDE, SIDE) and kernels of (F, C, KERNEL, KERNEL)."""
    return (
        rng.standard_normal((N, C, SIDE, SIDE), dtype=np.float32),
        rng.standard_normal((F, C, KERNEL, KERNEL), dtype=np.float32),
    )


def expected(arguments: tuple[Any, ...]) -> tuple[Expected, ...]:
    """In double precision, and the same of absolute values."""
    x, w = (array.astype(np.float64) for array in arguments)
    return (Expected(direct(x, w), direct(np.abs(x), np.abs(w))),)


def direct(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """(N, F, H, W), unpadded. Its products are too small for threads of BLAS, which a busy machine would make slow."""
    side = x.shape[2] - w.shape[2] + 1
    windows = (x[:, :, i : i + side, j : j + side].reshape(*x.shape[:2], -1) for i, j in np.ndindex(w.shape[2:]))
    products = (w[:, :, i, j] @ window for (i, j), window in zip(np.ndindex(w.shape[2:]), windows, strict=True))
    return sum(products).reshape(len(x), len(w), side, side)


WORK = Work(
    entry="conv",
    shape=f"N={N}, C={C}, {SIDE}×{SIDE}, {F} kernels of {KERNEL}×{KERNEL}, float32",
    draw=draw,
    expected=expected,
    operations=2.0 * N * F * (SIDE - KERNEL + 1) ** 2 * C * KERNEL**2,
    bytes_moved=4.0 * N * (C * SIDE**2 + F * (SIDE - KERNEL + 1) ** 2),
)


@dataclass(frozen=True)
class Bout:
    """What timing one text against another gave: how much faster it is, or why it was refused."""

    estimate: Estimate | None
    refusal: str = ""

    @property
    def is_faster(self) -> bool:
        """Whether it is sure to be faster by more than noise and the protocol's own cost."""
        return self.estimate is not None and self.estimate.low > NOISE


class Arena:
    """One launcher and one held core for many bouts."""

    def __init__(self, launcher: Launcher, root: Path, core: int) -> None:
        self.place = Place(launcher, core)
        self.root = root
        self.assignments: dict[str, Assignment] = {}

    def assignment(self, profile: str) -> Assignment:
        """The convolution as an assignment of a profile."""
        if profile not in self.assignments:
            folder = write_assignment(self.root, toml=TOML.format(profile=profile), name=f"91-{profile}")
            self.assignments[profile] = load_assignment(folder)
        return self.assignments[profile]

    def contest(self, source: str, against: str = "") -> Contest:
        """`source`, which may import `twin`, against another text or the twin itself."""
        profile = "torch" if "import torch" in source else "numpy"
        twin = TWINS[profile]
        files = [{"layer.py": text, "twin.py": twin} for text in (source, against or twin)]
        return Contest(self.assignment(profile), WORK, *files, self.place)

    def bout(self, source: str, against: str = "") -> Bout:
        """Time `source` against another text, its honest twin by default; for longer where it may be the faster one."""
        rng = np.random.default_rng()
        pairs: list[ProcessPair] = []
        found = None
        try:
            while len(pairs) < FEWEST_PAIRS or (found and found.low > 1 and len(pairs) < MOST_PAIRS):
                pairs.append(time_pair(self.contest(source, against), CALLS, rng).samples)
                found = estimate(pairs, rng)
        except (StudentFault, WrongOutput) as refusal:
            return Bout(None, str(refusal))
        return Bout(found)

    def slowdown(self, source: str, against: str = "") -> float:
        """How many times longer what stands beside `source` takes than the twin beside an honest text."""
        rng = np.random.default_rng()
        ratios: list[float] = []
        while len(ratios) < FEWEST_PAIRS or (np.median(ratios) > 1.1 and len(ratios) < MOST_PAIRS):
            beside = time_pair(self.contest(source, against), CALLS, rng).samples
            alone = time_pair(self.contest(HONEST), CALLS, rng).samples
            ratios.append(float(np.median(beside.reference) / np.median(alone.reference)))
        return float(np.median(ratios))


def collection(kind: str) -> dict[str, Path]:
    """The cheats of one folder by name."""
    return {path.stem: path for path in sorted((CHEATS / kind).glob("*.py"))}

"""A timed assignment for tests, and what a grader says about a submission that it timed."""

from __future__ import annotations

from pathlib import Path

from grader.contract import Assignment, Comparison, Device, Outcome, ProcessPair, Timing, load_assignment
from tests.server.seeds import KNOWN_SEED

METHODS = ("loops", "im2col", "offsets")
NOTHING = {"ratio": None, "interval": None, "verdict": None, "milliseconds": None, "percent_of_limit": None}
TABLE = """
[benchmark]
reference = "offsets"
seconds = 60

[[benchmark.tier]]
name = "bronze"
at_least = 0.5
points = 1

[[benchmark.tier]]
name = "gold"
at_least = 2.0
points = 2

[benchmark.methods]
loops = ""
im2col = "gold"
"""


def write_timed(root: Path, *, gpu: bool = False, benchmark: str = TABLE) -> Assignment:
    """04-conv-forward with 10 points for its checks and 2 for speed, as a folder below `root`."""
    folder = root / "04-conv-forward"
    (folder / "submissions" / "accepted").mkdir(parents=True)
    (folder / "assignment.toml").write_text(
        f'title = "Convolution"\nsummary = "For tests."\nprofile = "numpy"\nfilename = "conv.py"\npoints = 12\n'
        f'gpu = {str(gpu).lower()}\n\n[[entry]]\nname = "conv_forward"\nsignature = "(x)"\n{benchmark}'
    )
    for name in ("statement.md", "starter.py", "checks.py", "benchmark.py"):
        (folder / name).write_text("")
    for name in METHODS:
        (folder / "submissions" / "accepted" / f"{name}.py").write_text(f"def conv_forward(x): return {name!r}\n")
    return load_assignment(folder)


def make_timing(speed: float = 1.8, points: float = 1.0, spread: float = 0.05, **changes) -> Timing:
    """A timing that went well; the interval reaches `spread` of the speed to both sides."""
    fields = {
        "assignment": "04-conv-forward",
        "version": "0123456789abcdef",
        "seed": KNOWN_SEED,
        "outcome": Outcome.TIMED,
        "device": Device("cpu", "A processor"),
        "max_points": 2.0,
        "ratio": speed,
        "interval": (speed * (1 - spread), speed * (1 + spread)),
        "verdict": Comparison.FASTER if speed > 1 else Comparison.SLOWER,
        "milliseconds": 30.0 / speed,
        "reference_milliseconds": 30.0,
        "null_milliseconds": 0.04,
        "gflops": 40.0 * speed,
        "percent_of_limit": 20.0 * speed,
        "limited_by": "arithmetic",
        "tier": "gold" if points == 2 else "bronze" if points else "",
        "points": points,
        "samples": (ProcessPair((10.0, 11.0), (20.0, 21.0)),),
        "seconds": 12.0,
    }
    return Timing(**fields | changes)


def refused(message: str = "A call gave a wrong output.") -> Timing:
    """A submission that is not timed, by its own doing."""
    return make_timing(points=0.0, outcome=Outcome.REFUSED, message=message, **NOTHING)


def broken(error: str = "no core is free") -> Timing:
    """A failure of ours."""
    return make_timing(points=0.0, outcome=Outcome.INTERNAL_ERROR, worker={"error": error}, **NOTHING)

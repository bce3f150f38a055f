"""On a GPU: references, accepted solutions, the sandbox and the timing. `make test-gpu` runs this folder alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import torch

from grader.benchmark.gpu import GpuDevice
from grader.benchmark.run import Effort, reference_files, time_submission
from grader.contract import Job, Outcome, load_assignment
from grader.judge.grade import grade
from grader.sandbox.gpu import GpuBubblewrap
from reference.models.catalogue import ARCHITECTURES
from scripts.bench_gpu import IN_TORCH, ROOT
from tests.on_device import ROUNDING, SAMPLES, rounding_of, what_is_wrong

BUSY = """
import torch

a = torch.ones(4096, 4096, device="cuda")
print("busy", flush=True)
while True:
    for _ in range(50):
        a @ a
    torch.cuda.synchronize()
"""


@pytest.fixture(scope="module")
def launcher() -> Iterator[GpuBubblewrap]:
    """The sandbox with this machine's GPU."""
    with GpuBubblewrap() as own:
        own.probe()
        yield own


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_reference_network_gives_what_it_gives_on_a_processor(name: str) -> None:
    architecture = ARCHITECTURES[name]
    assert rounding_of(lambda: architecture.build(10), architecture.input, "cuda") < ROUNDING


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_accepted_sample_is_right(name: str, sample: str) -> None:
    cases = ("graded", "gpu") if load_assignment(ROOT / name).gpu else ("graded",)
    assert [said for case in cases for said in what_is_wrong(name, sample, "cuda", case)] == []


@pytest.mark.parametrize("name", IN_TORCH)
def test_accepted_sample_scores_full_marks_in_the_sandbox_with_a_gpu(launcher: GpuBubblewrap, name: str) -> None:
    assignment = load_assignment(ROOT / name)
    for path in assignment.submissions("accepted"):
        files = {assignment.filename: path.read_text()}
        result = grade(Job(0, 1, assignment.id, files, 1), assignment, launcher)
        assert (path.stem, result.score) == (path.stem, assignment.check_points), result.checks


def test_asking_for_tf32_gains_nothing(launcher: GpuBubblewrap) -> None:
    assignment = load_assignment(ROOT / "19-fast-conv-gpu")
    path = assignment.folder / "submissions" / "hostile" / "turns_tensor_cores_on.py"
    result = grade(Job(0, 1, assignment.id, {assignment.filename: path.read_text()}, 1), assignment, launcher)
    assert result.score < assignment.check_points


@pytest.mark.parametrize("name", [name for name in IN_TORCH if load_assignment(ROOT / name).gpu])
def test_a_submission_that_is_the_reference_is_as_fast_as_it(launcher: GpuBubblewrap, name: str) -> None:
    assignment = load_assignment(ROOT / name)
    timing = time_submission(assignment, reference_files(assignment), launcher, 1, effort=Effort(most_pairs=8))
    assert (timing.outcome, timing.message) == (Outcome.TIMED, "")
    assert timing.device.kind == "gpu"
    assert timing.ratio == pytest.approx(1, abs=0.1)


def test_a_gpu_that_another_process_uses_is_not_calm(tmp_path) -> None:
    device = GpuDevice("cuda", tmp_path)
    device.prepare()
    assert device.is_calm()
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "busy\n"
            assert not device.is_calm(1.0)
        finally:
            other.kill()
    assert device.is_calm(5.0)


def test_the_gpu_says_what_it_is(tmp_path) -> None:
    device = GpuDevice("cuda", tmp_path)
    device.prepare()
    device.diagnostics()
    assert device.name == torch.cuda.get_device_name(0)
    assert device.cache.numel() >= 2 * torch.cuda.get_device_properties(0).L2_cache_size

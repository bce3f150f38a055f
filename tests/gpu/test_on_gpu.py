"""On a GPU: references, accepted solutions, the sandbox and the timing. `make test-gpu` runs this folder alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from grader.benchmark.block import Block
from grader.benchmark.gpu import GpuDevice
from grader.benchmark.run import Effort, reference_files, time_submission
from grader.contract import Job, Outcome, event_times, load_assignment
from grader.judge.grade import grade
from grader.sandbox.gpu import GpuBubblewrap
from grader.sandbox.inside.timed import Timed
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

IN_ANOTHER_STREAM = """
HONEST

honest = conv_forward
aside = None

def conv_forward(*arguments):
    global aside
    aside = aside or torch.cuda.Stream()
    a = torch.ones(4096, 4096, device="cuda")
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(20):
            a @ a
    return honest(*arguments)
"""
"""Work that nothing waits for before the end of the call, when the whole device is waited for."""


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
    for side in ("submission", "reference"):
        found = event_times(timing.samples, side)
        assert (found.told, found.impossible) == (found.calls, 0)
        assert 0 < found.events < found.judged
    assert not [flag for flag in timing.flags if "events" in flag or "library" in flag]
    assert timing.null_milliseconds < timing.reference_milliseconds
    assert timing.machine["library_ms"] > 0
    assert timing.machine["sm_mhz"] > 0


def test_work_in_a_stream_that_the_events_do_not_see_is_flagged(launcher: GpuBubblewrap) -> None:
    assignment = load_assignment(ROOT / "19-fast-conv-gpu")
    own = {assignment.filename: IN_ANOTHER_STREAM.replace("HONEST", reference_files(assignment)[assignment.filename])}
    timing = time_submission(assignment, own, launcher, 1, effort=Effort(most_pairs=3))
    assert (timing.outcome, timing.message) == (Outcome.TIMED, "")
    assert [flag for flag in timing.flags if "lie outside the submission’s events" in flag]


def test_a_call_after_memory_that_cannot_be_pinned_goes_a_way_round() -> None:
    block = Block((np.ones((4, 4), np.float32),), [(np.float32, (4, 4))])
    request = {"size": block.size, "arguments": block.template, "outputs": block.places, "picks": []}
    request |= {"device": "cuda", "tensors": True, "events": True}
    timed = Timed(block.descriptor, request, lambda x: 2 * x)
    timed._pin(torch)  # a second time, which CUDA refuses
    block.reveal([np.full((4, 4), 3, np.float32)])
    assert (timed.call() or 0) > 0
    assert (block.outputs[0] == 6).all()


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
    device.look()
    assert device.diagnostics()["sm_mhz"] > 0
    assert device.name == torch.cuda.get_device_name(0)
    assert device.cache.numel() >= 2 * torch.cuda.get_device_properties(0).L2_cache_size

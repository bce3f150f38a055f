"""The part of the collection that attacks the walls, behind the one that lets a GPU in: what it loosens, and no more.

Harmless devices stand in the places of NVIDIA's, so this says nothing of the driver.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from grader.contract import Verdict
from grader.judge import student
from grader.sandbox.gpu import GpuBubblewrap
from tests.hostile.canaries import Canaries
from tests.hostile.remains import control_groups, depths_below
from tests.hostile.worker import Worker, collection

LOAD_SECONDS = 3.0
STAND_INS = {"/dev/nvidiactl": "/dev/null", "/dev/nvidia-uvm": "/dev/zero", "/dev/nvidia0": "/dev/zero"}
LOOSENED = {
    "escaping/becomes_a_program": "programs can be started",
    "escaping/executes_programs": "programs can be started",
    "leaking/reads_devices": "the GPU's devices can be opened",
}
WALLS = [name for name in collection() if name.split("/")[0] in ("escaping", "kernel", "leaking")]


@pytest.fixture(scope="module")
def gpu_worker(worker: Worker, canaries: Canaries) -> Iterator[Worker]:
    """A worker whose sandbox lets the stand-ins in, on a machine where the ordinary one was seen to start."""
    worker.launcher.close()
    with pytest.MonkeyPatch.context() as patch, closing(GpuBubblewrap(STAND_INS)) as launcher:
        patch.setattr(student, "LOAD_SECONDS", LOAD_SECONDS)
        ready = Worker(launcher, canaries)
        ready.honest()
        ready.idle, ready.idle_groups = depths_below(os.getpid()), len(control_groups())
        yield ready


@pytest.mark.slow
@pytest.mark.parametrize("name", WALLS)
def test_hostile_submission_finds_nothing_but_what_a_gpu_needs(gpu_worker: Worker, name: str) -> None:
    path: Path = collection()[name]
    result = gpu_worker.attacked_by(path)
    assert result.verdict is not Verdict.INTERNAL_ERROR, result.worker
    assert result.score == 0.0
    boasts = ["a boast"] if name in LOOSENED else []
    assert gpu_worker.canaries.leaks(result) == boasts
    honest = gpu_worker.honest()
    assert honest.score == honest.max_score

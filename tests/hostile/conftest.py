"""The worker that is attacked, in the surroundings that must not come out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import pytest

from grader.judge import student
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.errors import SandboxUnavailable
from tests.hostile.canaries import Canaries
from tests.hostile.remains import control_groups, depths_below
from tests.hostile.worker import Worker

LOAD_SECONDS = 3.0
"""Instead of the judge's own: some submissions never end their import, which takes this long in every run."""


@pytest.fixture(scope="module")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaries]:
    """Planted before any process is started that may inherit them; gone after the module."""
    with closing(Canaries(tmp_path_factory.mktemp("canaries"))) as planted:
        yield planted


@pytest.fixture(scope="module")
def worker(canaries: Canaries) -> Iterator[Worker]:
    """One worker with its sandbox, for everything that this module grades."""
    try:
        launcher = Bubblewrap()
        launcher.probe()
    except SandboxUnavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with pytest.MonkeyPatch.context() as patch, closing(launcher):
        patch.setattr(student, "LOAD_SECONDS", LOAD_SECONDS)
        ready = Worker(launcher, canaries)
        ready.honest()
        ready.idle, ready.idle_groups = depths_below(os.getpid()), len(control_groups())
        yield ready

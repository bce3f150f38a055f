"""One arena for all timings of a module: the real sandbox, on a core of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing

import pytest

from grader.benchmark.cores import held_core
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.errors import SandboxUnavailable
from tests.hostile.timing.arena import Arena


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    try:
        launcher = Bubblewrap()
        launcher.probe()
    except SandboxUnavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with closing(launcher), pytest.MonkeyPatch.context() as patch:
        # Locks of its own: other timings on this machine need not wait for a whole module, nor it for them.
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("locks")))
        with held_core() as core:
            yield Arena(launcher, tmp_path_factory.mktemp("arena"), core)

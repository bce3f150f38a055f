"""The collection's runner sees an attack that succeeds: without a wall, each of its checks is shown to fail."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from grader.sandbox.unsandboxed import Unsandboxed
from tests.hostile.canaries import Canaries
from tests.hostile.remains import marked_files, marked_processes, soon, writable_places
from tests.hostile.worker import Worker, collection

COLLECTION = collection()

# A daemon that nobody ends holds the output of the process that it came from: its pipe is never closed.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def unwalled(canaries: Canaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """A worker without a wall, and its remains taken away."""
    monkeypatch.chdir(tmp_path)
    canaries.listeners.heard.clear()
    yield Worker(Unsandboxed(), canaries)
    canaries.listeners.heard.clear()
    for pid in marked_processes(canaries.mark):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for name in marked_files(canaries.mark, writable_places(canaries.assignment.folder)):
        Path(name).unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("name", "leak"),
    [
        ("leaking/reads_environment", "environment"),
        ("leaking/reads_files", "file"),
        ("leaking/reads_files", "checks"),
        ("leaking/reads_files", "the expected output"),
        ("leaking/reads_files", "the repository"),
        ("leaking/reads_the_repository", "the reference"),
        ("leaking/reads_the_repository", "accepted"),
        ("leaking/reads_accounts", "an account"),
        ("leaking/imports_the_judge", "a boast"),
        ("escaping/executes_programs", "a boast"),
        ("persisting/leaves_files", "a boast"),
    ],
)
def test_without_a_wall_the_canary_comes_out(name: str, leak: str, unwalled: Worker) -> None:
    result = unwalled.attacked_by(COLLECTION[name])

    assert leak in unwalled.canaries.leaks(result)


def test_without_a_wall_a_neighbours_leftover_is_read(unwalled: Worker) -> None:
    unwalled.honest()

    result = unwalled.grade('print(open("/tmp/neighbour").read())\n')
    Path("/tmp/neighbour").unlink()
    Path("/dev/shm/neighbour").unlink(missing_ok=True)

    assert "neighbour" in unwalled.canaries.leaks(result)


@pytest.mark.parametrize(
    ("name", "listener"),
    [
        ("network/connects_to_loopback", "loopback"),
        ("network/sends_datagrams", "datagrams"),
        ("network/connects_to_abstract_sockets", "an abstract socket"),
        ("network/connects_to_unix_sockets", "a socket in a folder"),
    ],
)
def test_without_a_wall_the_listener_hears_it(name: str, listener: str, unwalled: Worker) -> None:
    unwalled.attacked_by(COLLECTION[name])

    assert soon(lambda: listener in unwalled.canaries.listeners.heard)


def test_without_a_wall_a_process_and_a_file_are_left(unwalled: Worker) -> None:
    unwalled.attacked_by(COLLECTION["persisting/leaves_a_daemon"])
    unwalled.attacked_by(COLLECTION["persisting/leaves_files"])

    assert marked_processes(unwalled.canaries.mark)
    assert marked_files(unwalled.canaries.mark, ["/tmp"])


def test_a_seed_and_a_hidden_input_that_are_printed_are_seen(unwalled: Worker) -> None:
    seen = unwalled.grade(f"print({unwalled.canaries.hidden})\n")

    assert "a hidden input" in unwalled.canaries.leaks(seen)

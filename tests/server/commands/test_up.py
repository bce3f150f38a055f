"""The whole platform as real processes; the graders too where bubblewrap is installed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from grader.contract import GRADE_GPU, TIME_CPU
from grader.contract.gpus import gpu_count
from server.commands import up as commands
from server.commands.up import Address
from server.database import make_engine, make_sessions
from server.models import Attempt, State, Submission
from server.processes import Supervisor
from server.services import submissions

pytestmark = pytest.mark.slow
PATIENCE = 90.0
STRIDE = [sys.executable, "-c", "from grader.command_line import main; main()"]


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"in vain waited for: {what}"
        time.sleep(0.1)


def members(run: int) -> list[int]:
    """The processes of one test's installation, however they were started: they inherit its environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if fields[0] != "Z" and f"STRIDE_TEST_RUN={run}\0".encode() in environment + b"\0":
            found.append(int(folder.name))
    return found


class Platform:
    """A `stride up` or `stride demo` on a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.environment = {
            key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "BROKER_URL"}
        }
        self.environment |= {
            "STRIDE_DATA": str(folder / "var"),
            "STRIDE_ENV": "development",
            "STRIDE_TEST_RUN": str(port),
        }
        self.process: subprocess.Popen | None = None

    def start(self, *arguments: str) -> None:
        with (self.folder / "terminal").open("ab") as out:
            command = [*STRIDE, *arguments, "--port", str(self.port), "--graders", "1"]
            self.process = subprocess.Popen(command, env=self.environment, stdout=out, stderr=out)

    def start_up(self) -> None:
        self.start("up")
        until(lambda: "Stride is at" in self.said(), "the address on the terminal")

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [*STRIDE, *arguments, "--port", str(self.port)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def said(self) -> str:
        return (self.folder / "terminal").read_text()

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()

    def processes(self, pattern: str = "") -> list[int]:
        """What this installation runs, the supervisor not included."""
        found = (pid for pid in members(self.port) if pid != self.process.pid)
        return sorted(pid for pid in found if pattern in Path(f"/proc/{pid}/cmdline").read_text())

    def sessions(self):
        return make_sessions(make_engine(f"sqlite:///{self.folder / 'var' / 'stride.db'}"))


@contextmanager
def cleaned_up(platform: Platform) -> Iterator[Platform]:
    yield platform
    if platform.process is not None and platform.process.poll() is None:
        platform.process.kill()
        platform.process.wait()
    for pid in members(platform.port):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def tools(need: Callable[[str], str]) -> None:
    need("bwrap")
    need("setpriv")


@pytest.fixture
def platform(tmp_path: Path, free_port: Callable[[], int], tools: None) -> Iterator[Platform]:
    """One that a test starts itself."""
    with cleaned_up(Platform(tmp_path, free_port())) as platform:
        yield platform


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int], tools: None) -> Iterator[Platform]:
    """One that runs, for the tests that leave it running."""
    with cleaned_up(Platform(tmp_path_factory.mktemp("up"), free_port())) as platform:
        platform.start_up()
        yield platform


def test_the_address_is_told_when_it_answers(up: Platform):
    assert f"Stride is at http://127.0.0.1:{up.port}/ " in up.said()
    assert up.answers()


@pytest.mark.parametrize("name", ["gunicorn", "server.worker", "grade.cpu", "time.cpu"])
def test_a_killed_process_is_started_again(up: Platform, name: str):
    before = up.processes(name)
    os.kill(min(before), signal.SIGKILL)

    until(lambda: up.processes(name) and not set(before) & set(up.processes(name)), f"a new {name}")
    until(up.answers, "the pages")
    assert "was killed by SIGKILL; starting it again" in up.said()


def test_one_worker_times_and_none_waits_for_a_gpu_that_is_not_there(up: Platform):
    assert up.processes("time.cpu")
    assert bool(up.processes("grade.gpu")) == bool(gpu_count())


def test_each_gpu_has_a_worker_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(commands, "gpu_count", lambda: 2)
    supervisor = Supervisor(tmp_path, lambda _: None)
    started: dict[str, list[str]] = {}
    monkeypatch.setattr(supervisor, "start", started.__setitem__)

    commands.start_timers(supervisor)

    assert list(started) == ["timer", "gpu-0", "gpu-1"]
    assert started["gpu-1"][0] == "env"
    assert started["gpu-1"][1:4] == ["STRIDE_DEVICE=cuda", "CUDA_DEVICE_ORDER=PCI_BUS_ID", "CUDA_VISIBLE_DEVICES=1"]
    assert all(command[-2:] == ["--concurrency", "1"] for command in started.values())
    assert [command[command.index("-Q") + 1] for command in started.values()] == [TIME_CPU, GRADE_GPU, GRADE_GPU]


def test_as_many_are_timed_at_once_as_one_asks_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(commands, "gpu_count", lambda: 0)
    supervisor = Supervisor(tmp_path, lambda _: None)
    started: dict[str, list[str]] = {}
    monkeypatch.setattr(supervisor, "start", started.__setitem__)

    commands.start_timers(supervisor, 2)

    assert started["timer"][-2:] == ["--concurrency", "2"]


def test_more_timers_than_cores_are_refused(platform: Platform):
    refused = platform.run("up", "--timers", str((os.cpu_count() or 1) + 1))

    assert refused.returncode == 2
    assert "--timers" in refused.stderr


def test_a_second_one_on_the_same_folder_is_refused(up: Platform, free_port: Callable[[], int]):
    refused = Platform(up.folder, free_port()).run("up")

    assert refused.returncode == 2
    assert f"Stride runs on {up.folder / 'var'} already" in refused.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_asked_to_and_leaves_no_process(platform: Platform, number: signal.Signals):
    platform.start_up()
    assert platform.processes()
    platform.process.send_signal(number)

    assert platform.process.wait(PATIENCE) == 0
    assert platform.processes() == []


def test_a_killed_supervisor_leaves_no_process(platform: Platform):
    platform.start_up()
    assert len(platform.processes()) > 3
    platform.process.kill()
    platform.process.wait()

    until(lambda: not members(platform.port), "the processes to end")


def test_a_port_that_is_taken_is_refused(platform: Platform):
    with socket.socket() as other:
        other.bind(("127.0.0.1", platform.port))
        other.listen()
        refused = platform.run("up")

    assert refused.returncode == 2
    assert f"port {platform.port}: Address already in use" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_address_that_is_not_ours_is_refused(platform: Platform):
    assert platform.run("up", "--host", "192.0.2.1").returncode == 2
    assert platform.run("up", "--host", "no.such.host.invalid").returncode == 2


def test_pages_that_do_not_start_are_our_failure_and_the_log_is_shown(platform: Platform):
    (platform.folder / "gunicorn.conf.py").write_text("raise RuntimeError('no pages today')")
    platform.environment["GUNICORN_CMD_ARGS"] = f"--config {platform.folder / 'gunicorn.conf.py'}"

    failed = platform.run("up")

    assert failed.returncode == 3
    assert "no pages today" in failed.stderr


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (Address("127.0.0.1", 80), "http://127.0.0.1:80/"),
        (Address("0.0.0.0", 80), "http://127.0.0.1:80/"),
        (Address("::", 80), "http://[::1]:80/"),
        (Address("stride.example.org", 80), "http://stride.example.org:80/"),
    ],
)
def test_an_address_can_be_clicked(address: Address, url: str):
    assert address.url == url


class TestDemo:
    def test_it_prints_where_who_and_a_real_score(self, platform: Platform):
        done = platform.run("demo", "--exit", "--json")

        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["address"] == f"http://127.0.0.1:{platform.port}/"
        assert [account["number"] for account in report["accounts"]][:2] == ["lecturer", "100001"]
        assert report["score"] == report["max_score"] > 0
        assert {check["status"] for check in report["checks"]} == {"passed"}
        assert platform.run("demo", "--exit").stdout.count("✔") == len(report["checks"])

    def test_a_grader_killed_in_the_middle_costs_nobody_the_score(self, platform: Platform):
        platform.start("demo")
        until(lambda: "Ctrl-C ends it" in platform.said(), "the printed score")
        sessions = platform.sessions()

        caught: list[int] = []

        def runs() -> bool:
            with sessions() as s:
                caught.extend(s.scalars(select(Submission.id).where(Submission.state == State.RUNNING)))
            return bool(caught)

        until(runs, "a student's submission to run")
        for pid in platform.processes("grader.worker"):
            os.kill(pid, signal.SIGKILL)

        def ended() -> bool:
            with sessions() as s:
                return submissions.get(s, caught[0]).state is State.GRADED

        until(ended, "it to be graded all the same")
        with sessions() as s:
            finished = select(func.count(Attempt.id)).where(
                Attempt.submission_id == caught[0], Attempt.finished_at.is_not(None)
            )
            assert s.scalar(finished) == 1

    def test_production_refuses_known_passwords(self, platform: Platform):
        platform.environment |= {"STRIDE_ENV": "production", "STRIDE_SECRET_KEY": "x" * 40}

        refused = platform.run("demo", "--exit")

        assert refused.returncode == 2
        assert "known passwords" in refused.stderr
        assert not (platform.folder / "var" / "stride.db").exists()


def test_the_web_processes_may_hold_a_whole_class():
    """A process that may open 1,024 files would fall over the next student's connection."""
    script = (
        "import resource; from server.commands.up import CONNECTIONS, allow_open_files\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))\n"
        "allow_open_files()\n"
        "soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "assert soft == hard or soft > 2 * CONNECTIONS, soft\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

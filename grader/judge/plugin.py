"""The pytest plugin that turns an assignment's checks into CheckResults."""

from __future__ import annotations

import dataclasses
import time
import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
import pytest

from grader import excerpts
from grader.authoring import CheckFailed
from grader.contract import CheckResult, Status, Visibility
from grader.contract.cells import place
from grader.contract.job import Running
from grader.judge.student import LOAD_SECONDS, Asked, Session, Student
from grader.sandbox.errors import SandboxFailure, SandboxUnavailable, StudentFault, StudentRaised
from grader.sandbox.wire import clean

MARKERS = (
    "points(n): what the check is worth",
    "title(text): what students read as its name",
    "hidden: students do not see this check",
    "after_due_date: students see this check once the assignment is due",
    "seconds(n): the student's wall time in this check",
    "undiagnosed: do not replay this check on the wrong solutions",
)
ENOUGH_TIMEOUTS = 2


class BrokenChecks(Exception):  # noqa: N818
    """The assignment's own checks cannot be used: a failure of ours."""


@dataclass(slots=True)
class Check:
    """One collected check, and what became of it. `lesson` is the wrong sample that it names itself for its failure."""

    name: str
    title: str
    points: float
    visibility: Visibility
    seconds: float
    is_diagnosed: bool
    outcome: CheckResult | None = None
    trace: list[Asked] = field(default_factory=list)
    lesson: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether students do not see it, at least for now."""
        return self.visibility is not Visibility.VISIBLE

    def result(
        self, status: Status, message: str = "", evidence: dict[str, Any] | None = None, *, limit: str = ""
    ) -> CheckResult:
        """The check's result with that status; full points for a pass, none otherwise."""
        return CheckResult(
            name=self.name,
            title=self.title,
            points=self.points if status is Status.PASSED else 0.0,
            max_points=self.points,
            status=status,
            visibility=self.visibility,
            message=clean(message),
            counterexample=evidence,
            limit=limit,
        )


@dataclass(slots=True)
class Judging:
    """State of one run of the checks: the plugin's fixtures and hooks work on it."""

    session: Session
    seed: int
    default_seconds: float
    on_start: Callable[[int, float], None]
    on_check: Callable[[CheckResult, float], None]
    on_figure: Callable[[Running, float], None] = lambda *_: None
    only: str | None = None
    is_sample: bool = False
    checks: dict[str, Check] = field(default_factory=dict)
    rejection: StudentFault | None = None
    failure: str = ""
    suspects: dict[str, str] = field(default_factory=dict)


class JudgePlugin:
    """Collects checks with their marks, gives them `student` and `rng`, and records what becomes of each."""

    def __init__(self, judging: Judging) -> None:
        self.judging = judging
        self.began = 0.0

    @pytest.fixture
    def student(self) -> Student:
        """The submission."""
        return Student(self.judging.session)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers that depend on the submission's seed and the check's name alone."""
        return np.random.default_rng([self.judging.seed, zlib.crc32(request.node.name.encode())])

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the marks; any other is an error."""
        for line in MARKERS:
            config.addinivalue_line("markers", line)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Read the marks of every check; put those that students do not see last, in a process of their own."""
        if self.judging.only is not None:
            items[:] = [item for item in items if item.name == self.judging.only]
        try:
            checks = {item.name: read_check(item, self.judging.default_seconds) for item in items}
            items.sort(key=lambda item: checks[item.name].is_secret)
            self.judging.checks = {item.name: checks[item.name] for item in items}
        except BrokenChecks as error:
            self.judging.failure = str(error)
            items.clear()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of checks that cannot be imported is our failure."""
        if report.failed:
            self.judging.failure = str(report.longrepr)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool | None:
        """Load the submission first; where that fails, no check is run."""
        judging = self.judging
        judging.on_start(len(judging.checks), LOAD_SECONDS + self._seconds_after(None))
        try:
            judging.session.load()
        except StudentFault as fault:
            judging.rejection = fault
            return True
        except (SandboxFailure, SandboxUnavailable) as error:
            judging.failure = str(error)
            return True
        return None

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Let Ctrl-C end the grading: pytest would end its run, and what was not checked would count as wrong."""
        if excinfo.type is KeyboardInterrupt:
            raise excinfo.value

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Give each check its own time and trace; report it when it ends."""
        check, session = self.judging.checks[item.name], self.judging.session
        self.began = time.monotonic()
        session.on_figure = partial(self._show, check)
        try:
            session.begin(check.seconds, is_secret=check.is_secret)
        except StudentFault:
            session.end_process()
        outcome = yield
        check.trace = session.trace if check.is_diagnosed else []
        if check.outcome is not None:
            self.judging.on_check(check.outcome, self._seconds_after(check))
        return outcome

    def _show(self, check: Check) -> None:
        """Tell what the present check shows so far; what students do not see is told when it ends."""
        if check.visibility is Visibility.VISIBLE:
            running = Running(check.name, check.title, tuple(self.judging.session.figures.values()))
            self.judging.on_figure(running, self.judging.session.clock.check_left)

    def _seconds_after(self, check: Check | None) -> float:
        """The student's time in the check that comes next: within this (and our own work) one hears again."""
        checks = list(self.judging.checks.values())
        position = checks.index(check) + 1 if check else 0
        return checks[position].seconds if position < len(checks) else 0.0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Spare a sample that has failed the checks that train, and all others once it ran out of time twice."""
        judging = self.judging
        if not judging.is_sample:
            return
        statuses = [check.outcome.status for check in judging.checks.values() if check.outcome]
        if statuses.count(Status.TIMEOUT) >= ENOUGH_TIMEOUTS:
            pytest.skip("Not run: other checks have run out of time already.")
        if not judging.checks[item.name].is_diagnosed and set(statuses) - {Status.PASSED, Status.SKIPPED}:
            pytest.skip("Not run: another check has failed already.")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Turn what a check raised into its result. pytest's own report would format a traceback that nobody reads."""
        check = self.judging.checks[item.name]
        if call.excinfo is not None or call.when == "call":
            result = self._outcome(check, call.excinfo.value if call.excinfo else None)
            seconds = round(time.monotonic() - self.began, 4)
            figures = tuple(self.judging.session.figures.values())
            check.outcome = dataclasses.replace(result, seconds=seconds, figures=figures)
            if self.judging.failure:
                item.session.shouldstop = "internal error"
        assert call.when != "collect"
        outcome: Literal["passed", "failed"] = "failed" if call.excinfo else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when, duration=call.duration)

    def _outcome(self, check: Check, error: BaseException | None) -> CheckResult:
        session = self.judging.session
        if error is None:
            return check.result(Status.PASSED)
        if isinstance(error, CheckFailed):
            check.lesson = error.lesson
            return check.result(Status.FAILED, error.message, _evidence(error.evidence, session.trace))
        if isinstance(error, StudentFault):
            message = fault_message(error, session)
            return check.result(error.status, message, _evidence(None, session.trace), limit=error.limit)
        if isinstance(error, pytest.skip.Exception):
            return check.result(Status.SKIPPED, str(error.msg))
        if isinstance(error, SandboxFailure | SandboxUnavailable) or not session.trace:
            self.judging.failure = f"{check.name}: {type(error).__name__}: {error}"
            return check.result(Status.SKIPPED)
        detail = f"{type(error).__name__}: {error}"
        self.judging.suspects[check.name] = detail
        message = f"The check could not work with what your code returned ({detail})."
        return check.result(Status.ERROR, message, _evidence(None, session.trace))


def read_check(item: pytest.Item, default_seconds: float) -> Check:
    """A collected test's marks. Raises BrokenChecks where points are missing."""
    points = item.get_closest_marker("points")
    if points is None or not points.args:
        raise BrokenChecks(f"{item.name} has no @pytest.mark.points")
    title = item.get_closest_marker("title")
    seconds = item.get_closest_marker("seconds")
    visibility = Visibility.VISIBLE
    if item.get_closest_marker("hidden"):
        visibility = Visibility.HIDDEN
    elif item.get_closest_marker("after_due_date"):
        visibility = Visibility.AFTER_DUE_DATE
    return Check(
        name=item.name,
        title=str(title.args[0]) if title else _title_of(item),
        points=float(points.args[0]),
        visibility=visibility,
        seconds=float(seconds.args[0]) if seconds else default_seconds,
        is_diagnosed=item.get_closest_marker("undiagnosed") is None,
    )


def _title_of(item: pytest.Item) -> str:
    doc = (getattr(getattr(item, "function", None), "__doc__", None) or "").strip()
    return doc.partition("\n")[0].rstrip(".") or item.name.removeprefix("test_").replace("_", " ")


def fault_message(fault: StudentFault, session: Session) -> str:
    """What a student reads about a fault: the sentence, then their own lines of the traceback."""
    if not isinstance(fault, StudentRaised):
        text = str(fault)
        return f"Your code {text}" if text.endswith(("?", "!", ".")) else f"Your code {text}."
    shown = [f"Your code raised {fault}"]
    for frame in fault.frames:
        text = session.files.get(frame.file, "")
        lines, where = text.split("\n"), place(text, frame.line)
        shown.append(f"  {where if where.startswith('cell') else f'{frame.file}, {where}'}, in {frame.function}")
        if 0 < frame.line <= len(lines):
            shown.append(f"    {lines[frame.line - 1].strip()[:160]}")
    return "\n".join(shown)


def _evidence(evidence: dict[str, Any] | None, trace: list[Asked]) -> dict[str, Any] | None:
    calls = [asked for asked in trace if asked.shown]
    if not calls:
        return evidence
    last = calls[-1]
    extra: dict[str, Any] = {"call": clean(last.shown)}
    if last.inputs:
        extra["inputs"] = last.inputs
    return extra | _with_input(evidence or {}, last)


def _with_input(evidence: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """The evidence, where it has maps, with that of the call's input beside them."""
    maps: dict[str, Any] = evidence.get("maps", {})
    found = excerpts.of_input(asked.images, maps["shape"], evidence["index"]) if maps else {}
    return evidence | {"maps": maps | {"input": found}} if found else evidence

"""The submission as the checks see it: `student.conv_forward(...)` asks the sandbox and returns data."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from grader.contract import Assignment, Entry, Model, Trained
from grader.contract.figure import Figure
from grader.judge.shown_call import image_arguments, named_arguments, show_call, small_inputs
from grader.sandbox.errors import StudentFault, StudentTimeout
from grader.sandbox.replies import Reply
from grader.sandbox.wire import Handle, Packer

LOAD_SECONDS = 15.0


class Answering(Protocol):
    """Whatever answers requests: a sandbox, or a sample solution in this process."""

    def ask(self, request: Mapping[str, Any], packer: Packer, seconds: float) -> Reply:
        """The reply to a request. Raises StudentFault."""

    def close(self) -> None:
        """End it."""

    def printed_text(self) -> str:
        """What it has printed."""


class Opening(Protocol):
    """Starts what answers, without the submission yet."""

    def __call__(self) -> Answering:
        """A fresh one. Raises SandboxUnavailable or SandboxFailure."""


@dataclass(slots=True)
class Asked:
    """One request of a check, as it was sent, and what came of it: for replaying it on sample solutions.

    `inputs` are its arrays as lists, where they are few numbers; `images` those arguments that can be drawn.
    """

    request: dict[str, Any]
    body: bytes
    outcome: Reply | StudentFault
    shown: str
    inputs: dict[str, Any]
    images: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Clock:
    """Seconds of student's wall time: what a check and the whole submission may still use."""

    check_left: float
    total_left: float

    @property
    def left(self) -> float:
        """What the next request may use."""
        return min(self.check_left, self.total_left)

    def spend(self, seconds: float) -> None:
        """Take away what a request used."""
        self.check_left -= seconds
        self.total_left -= seconds


@dataclass(slots=True)
class Session:
    """One submission under its checks: keeps a process alive (a new one after a crash), and time and trace.

    `files` are its texts by name; the one that is loaded has the assignment's file name.
    `is_secret` says that the present check is one that students do not see: what is printed in it is not kept.
    `figures` are what the present check shows, by title; `on_figure` hears of each. `weights` are those of a trained
    network, as they were handed in, and `model` what checks have measured of it.
    """

    assignment: Assignment
    files: dict[str, str]
    opening: Opening
    weights: bytes = field(default=b"", repr=False)
    model: Model | None = field(default=None, init=False)
    clock: Clock = field(init=False)
    process: Answering | None = field(default=None, init=False)
    is_secret: bool = field(default=False, init=False)
    trace: list[Asked] = field(default_factory=list, init=False)
    figures: dict[str, Figure] = field(default_factory=dict, init=False)
    on_figure: Callable[[], None] = field(default=lambda: None, init=False)
    printed: list[str] = field(default_factory=list, init=False)
    start_seconds: float = field(default=0.0, init=False)
    report: Reply = field(default_factory=lambda: Reply(None), init=False)

    def __post_init__(self) -> None:
        limits = self.assignment.limits
        self.clock = Clock(limits.check_seconds, limits.total_seconds)

    def begin(self, seconds: float, *, is_secret: bool = False) -> None:
        """A new check, with so many seconds of the student's time.

        Between checks that students see and checks that they do not, the process is replaced: what it remembers of a
        hidden check's inputs must not be printed in a visible one.
        """
        if is_secret is not self.is_secret:
            self.end_process()
            self.is_secret = is_secret
        self.clock.check_left = seconds
        self.trace = []
        self.figures = {}
        self.report = Reply(None)
        if self.process is not None:
            self._ask_process({"op": "begin"}, Packer(), LOAD_SECONDS)

    def load(self) -> None:
        """Start a process and load the submission, if none is running. Raises StudentFault."""
        if self.process is not None:
            return
        began = time.monotonic()
        self.process = self.opening()
        name = self.assignment.filename
        names = [entry.name for entry in self.assignment.entries]
        refused = list(self.assignment.refused_operators)
        request = {"op": "load", "name": name, "files": self.files, "entries": names, "refused": refused}
        try:
            self._ask_process(request, Packer(), LOAD_SECONDS)
        except StudentFault:
            self.end_process()
            raise
        finally:
            self.start_seconds += time.monotonic() - began

    def ask(
        self,
        request: dict[str, Any],
        packer: Packer,
        shown: str,
        inputs: dict[str, Any],
        images: dict[str, np.ndarray[Any, Any]] | None = None,
    ) -> Any:
        """Ask the submission, keep the trace and the time. Raises StudentFault."""
        self.load()
        if self.clock.total_left <= 0:
            raise self._used_up()
        asked = Asked(request, packer.body, Reply(None), shown, inputs, images or {})
        self.trace.append(asked)
        began = time.monotonic()
        try:
            self.report = self._ask_process(request, packer, self.clock.left)
            asked.outcome = self.report
        except StudentTimeout as fault:
            is_total = fault.limit == "wall_check" and self.clock.total_left < self.clock.check_left
            asked.outcome = self._used_up() if is_total else fault
            raise asked.outcome from None
        except StudentFault as fault:
            asked.outcome = fault
            raise
        finally:
            self.clock.spend(time.monotonic() - began)
        return self.report.value

    def _used_up(self) -> StudentTimeout:
        seconds = self.assignment.limits.total_seconds
        return StudentTimeout(f"has used up the {seconds:.3g} s that the whole submission may take", limit="wall_total")

    def _ask_process(self, request: dict[str, Any], packer: Packer, seconds: float) -> Reply:
        assert self.process is not None
        try:
            return self.process.ask(request, packer, seconds)
        except StudentFault as fault:
            if not fault.alive:
                self.end_process()
            raise

    def end_process(self) -> None:
        """End the running process, if any, and keep what it printed."""
        if self.process is None:
            return
        self.process.close()
        self._keep(self.process.printed_text())
        self.process = None

    def _keep(self, text: str) -> None:
        """Keep what a process printed, up to the limit for all of them together."""
        room = self.assignment.limits.output_kib * 1024 - sum(map(len, self.printed))
        if text and room > 0 and not self.is_secret:
            cut = "" if len(text) <= room else "\n… cut here: more was printed than is kept"
            self.printed.append(text[:room] + cut)


class Student:
    """The `student` fixture: the submission's entries as attributes, `run`, `show`, `report`; `weights`, `measured`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._entries = {entry.name: entry for entry in session.assignment.entries}

    @property
    def report(self) -> Reply:
        """About the latest call: `mutated` and `aliased` name arguments."""
        return self._session.report

    def show(self, figure: Figure) -> None:
        """Show a figure beside the check, whatever becomes of it; one of the same title takes the other's place.

        While the check goes on, students see what it has shown so far.
        """
        self._session.figures[figure.title] = figure
        self._session.on_figure()

    @property
    def weights(self) -> bytes:
        """The safetensors file that came with a trained network; `grader.authoring.trained` reads it."""
        return self._session.weights

    @property
    def trained(self) -> Trained:
        """The budgets of an assignment that takes trained networks."""
        trained = self._session.assignment.trained
        assert trained is not None, "assignment.toml has no table [trained]"
        return trained

    @property
    def model(self) -> Model:
        """What earlier checks have measured of the trained network."""
        return self._session.model or Model()

    def measured(
        self, *, accuracy: float | None = None, parameters: int | None = None, mult_adds: int | None = None
    ) -> None:
        """Put figures of the trained network into the result, where students see them, also those of a hidden check."""
        figures = {"accuracy": accuracy, "parameters": parameters, "mult_adds": mult_adds}
        known = dataclasses.asdict(self.model)
        self._session.model = Model.from_dict(
            known | {name: each for name, each in figures.items() if each is not None}
        )

    def run(self, source: str, *args: object, **kwargs: object) -> Any:
        """Run a function, given as its source text, beside the submission; Handles are the objects there."""
        packer = Packer()
        request = {"op": "run", "source": source, **_packed(packer, args, kwargs)}
        return _live(self._session.ask(request, packer, "", {}), self._session)

    def aside(self, source: str, *args: object, **kwargs: object) -> Any:
        """The same for an answer that no diagnosis compares, such as the names that a student gave to their layers.

        It must leave no object behind: nothing of it is repeated on the sample solutions.
        """
        answer = self.run(source, *args, **kwargs)
        self._session.trace.pop()
        return answer

    def __getattr__(self, name: str) -> EntryProxy:
        if name.startswith("_") or name not in self._entries:
            raise AttributeError(f"the assignment has no entry {name}")
        return EntryProxy(self._session, self._entries[name])


class EntryProxy:
    """A function or class of the submission."""

    def __init__(self, session: Session, entry: Entry) -> None:
        self._session = session
        self._entry = entry

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it in the sandbox. Raises StudentFault."""
        packer = Packer()
        returns = ["handle"] if self._entry.kind == "class" else list(self._entry.returns)
        packed = _packed(packer, args, kwargs)
        request = {"op": "call", "entry": self._entry.name, "returns": returns, **packed}
        shown = show_call(self._entry.name, args, kwargs)
        given = named_arguments(self._entry, args, kwargs)
        images = image_arguments(given)
        return _live(self._session.ask(request, packer, shown, small_inputs(given), images), self._session)


class ObjectProxy(Handle):
    """An object that stayed in the sandbox: call it, call its methods, or hand it back."""

    __slots__ = ("_session",)

    def __init__(self, handle: Handle, session: Session) -> None:
        super().__init__(handle.number, handle.type_name)
        object.__setattr__(self, "_session", session)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call the object."""
        return self._ask("__call__", args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._ask(name, args, kwargs)

    def _ask(self, attribute: str, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        packer = Packer()
        packed = _packed(packer, args, kwargs)
        request = {"op": "call", "handle": self.number, "attribute": attribute, "returns": ["value"], **packed}
        name = self.type_name if attribute == "__call__" else f"{self.type_name}.{attribute}"
        return _live(self._session.ask(request, packer, show_call(name, args, kwargs), {}), self._session)


def _packed(packer: Packer, args: tuple[object, ...], kwargs: dict[str, object]) -> dict[str, Any]:
    return {
        "args": [packer.pack(value) for value in args],
        "kwargs": {key: packer.pack(value) for key, value in kwargs.items()},
    }


def _live(value: Any, session: Session) -> Any:
    """A reply's value with its handles turned into proxies."""
    if isinstance(value, Handle):
        return ObjectProxy(value, session)
    if type(value) in (list, tuple):
        return type(value)(_live(item, session) for item in value)
    if type(value) is dict:
        return {key: _live(item, session) for key, item in value.items()}
    return value

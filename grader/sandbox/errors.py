"""What can go wrong around a sandbox: our own failures, and the ways in which a submission loses a check."""

from __future__ import annotations

from dataclasses import dataclass

from grader.contract import Status


class SandboxUnavailable(RuntimeError):  # noqa: N818 - a state of the machine, told to its operator
    """This machine cannot run the sandbox. The message says what to install or enable."""


class SandboxFailure(RuntimeError):  # noqa: N818
    """The sandbox failed without the submission's doing: an internal error, never a lost point."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a student's traceback."""

    file: str
    line: int
    function: str


class StudentFault(Exception):  # noqa: N818 - not an error of this program
    """A submission did not answer as asked. `status` is the check's, the text is for the student.

    `alive` tells whether the process can still be asked further questions; `limit` names the limit that was reached, if
    one was: a name of `grader.contract.LIMITS`.
    """

    status = Status.ERROR
    alive = False

    def __init__(self, text: str, *, limit: str = "") -> None:
        super().__init__(text)
        self.limit = limit


class StudentRaised(StudentFault):
    """The student's code raised an exception; `frames` are those of the student's own files."""

    alive = True

    def __init__(self, kind: str, message: str, frames: tuple[Frame, ...] = (), *, limit: str = "") -> None:
        super().__init__(f"{kind}: {message}" if message else kind, limit=limit)
        self.kind = kind
        self.message = message
        self.frames = frames


class StudentRefused(StudentFault):
    """What the student's code returned does not have the form that was asked for, or is too large to be read."""

    alive = True
    status = Status.FAILED


class StudentMissing(StudentFault):
    """The file lacks a name that the assignment asks for."""

    alive = True


class StudentMemory(StudentFault):
    """The memory limit was reached, and the process lives: an allocation was refused."""

    status = Status.MEMORY
    alive = True


class StudentKilled(StudentMemory):
    """The memory limit was reached, and the process is gone."""

    alive = False


class StudentTimeout(StudentFault):
    """The time limit was reached; the process is gone."""

    status = Status.TIMEOUT


class StudentFlooded(StudentFault):
    """More was printed than is kept; the process is gone."""


class StudentCrashed(StudentFault):
    """The process ended, or broke the protocol, instead of answering."""

    status = Status.CRASH

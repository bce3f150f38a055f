"""The question bank: the `quiz.toml` of every folder. What is added or mended is seen without a restart."""

from __future__ import annotations

import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import structlog

from grader.contract.assignment import FOLDER_NAME, QUESTIONS_FILE
from server.quiz.question import Question
from server.quiz.source import QuestionError, read_source

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 2.0
Signature = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BankTopic:
    """The questions of one folder under a title."""

    folder: str
    title: str
    questions: tuple[Question, ...]


def question_files(root: Path) -> list[Path]:
    """The `quiz.toml` of every folder below `root` that has one, in course order."""
    return sorted(path for path in root.glob(f"*/{QUESTIONS_FILE}") if FOLDER_NAME.fullmatch(path.parent.name))


class Bank:
    """Questions by folder and id, read from the folders below `root`. One broken file hides its folder alone."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = Lock()
        self._read: dict[str, tuple[Signature, BankTopic | QuestionError]] = {}
        self._looked_at = float("-inf")

    def topics(self) -> list[BankTopic]:
        """Every folder's questions, in course order."""
        return [topic for _, topic in self._refreshed().values() if isinstance(topic, BankTopic)]

    def get(self, name: str) -> Question | None:
        """The question of a name such as `04-conv-forward/output-size`, or None."""
        folder, _, wanted = name.partition("/")
        _, topic = self._refreshed().get(folder, (None, None))
        if not isinstance(topic, BankTopic):
            return None
        return next((question for question in topic.questions if question.id == wanted), None)

    def broken(self) -> dict[str, str]:
        """The folders whose file cannot be used, with what is wrong with each."""
        return {folder: str(topic) for folder, (_, topic) in self._refreshed().items() if not _usable(topic)}

    def _refreshed(self) -> dict[str, tuple[Signature, BankTopic | QuestionError]]:
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._read = {path.parent.name: self._look(path) for path in question_files(self._root)}
                self._looked_at = time.monotonic()
            return self._read

    def _look(self, path: Path) -> tuple[Signature, BankTopic | QuestionError]:
        status = path.stat()
        signature = (status.st_mtime_ns, status.st_size)
        known = self._read.get(path.parent.name)
        if known is not None and known[0] == signature:
            return known
        try:
            return signature, read_topic(path)
        except QuestionError as error:
            log.warning("question file cannot be used", folder=path.parent.name, problem=str(error))
            return signature, error


def _usable(topic: BankTopic | QuestionError) -> bool:
    return isinstance(topic, BankTopic)


def read_topic(path: Path) -> BankTopic:
    """One folder's questions. Raises QuestionError."""
    where = f"{path.parent.name}/{path.name}"
    try:
        source = read_source(path.read_text(encoding="utf-8"), where)
    except UnicodeDecodeError:
        raise QuestionError(f"{where}: it is not UTF-8 text") from None
    return BankTopic(path.parent.name, source.title or _assignments_title(path.parent), source.questions)


def _assignments_title(folder: Path) -> str:
    """The title of the folder's assignment; its name where it has none."""
    try:
        title = tomllib.loads((folder / "assignment.toml").read_text(encoding="utf-8")).get("title")
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        title = None
    return title if isinstance(title, str) and title else folder.name[3:].replace("-", " ").capitalize()

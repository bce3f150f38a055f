"""The questions that a course can use: those of the bank, and its own, which lecturers write, copy and import here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.models import Course, CourseQuestion
from server.quiz.bank import Bank
from server.quiz.fields import LONGEST_NAME
from server.quiz.proving import prove
from server.quiz.question import Kind, Question
from server.quiz.source import QuestionError, question_from_dict, question_to_dict, read_question, write_questions
from server.rendering.questions import failures
from server.services.errors import QuestionRefused

OWN = "own"
"""The folder of a course's own questions in their `origin`, where the bank's have an assignment's."""

SEEDS = 60
"""Draws of a question before it is taken: enough to find what a session's twenty would meet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question that a course can use. `origin` is `04-conv-forward/output-size`, or `own/NAME`."""

    origin: str
    question: Question

    @property
    def folder(self) -> str:
        """The bank's folder, or `own`."""
        return self.origin.partition("/")[0]

    @property
    def name(self) -> str:
        """The question's id."""
        return self.question.id


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under a title: a topic of the bank, or the course's own."""

    folder: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of questions is narrowed down to; an empty part wants everything."""

    folder: str = ""
    kind: Kind | None = None
    difficulty: int | None = None
    text: str = ""

    def fits(self, entry: Entry) -> bool:
        """Whether an entry is wanted. Every word of `text` must be somewhere in what the question says of itself."""
        question = entry.question
        if self.folder not in ("", entry.folder) or self.kind not in (None, question.kind):
            return False
        if self.difficulty not in (None, question.difficulty):
            return False
        said = " ".join((entry.origin, question.title, question.topic, question.source, question.stem, *question.tags))
        return all(word in said.casefold() for word in self.text.casefold().split())


def groups(s: Session, course: Course, bank: Bank, wanted: Wanted | None = None) -> list[Group]:
    """The course's own questions, then the bank's by topic, as far as they are wanted; no empty group."""
    mine = Group(OWN, "This course's own", tuple(own_entries(s, course)))
    topics = [
        Group(topic.folder, topic.title, tuple(Entry(f"{topic.folder}/{each.id}", each) for each in topic.questions))
        for topic in bank.topics()
    ]
    chosen = wanted or Wanted()
    narrowed = (replace(group, entries=tuple(filter(chosen.fits, group.entries))) for group in (mine, *topics))
    return [group for group in narrowed if group.entries]


def own_entries(s: Session, course: Course) -> list[Entry]:
    """The course's own questions by name. One that this version cannot read any more is left out."""
    return [Entry(f"{OWN}/{record.name}", each) for record in _records(s, course) if (each := _read(record))]


def unreadable(s: Session, course: Course) -> list[str]:
    """The names of the course's own questions that this version cannot read."""
    return [record.name for record in _records(s, course) if _read(record) is None]


def entry(s: Session, course: Course, bank: Bank, origin: str) -> Entry | None:
    """The question of an origin, or None where there is none."""
    folder, _, name = origin.partition("/")
    if folder == OWN:
        record = own_record(s, course, name)
        question = _read(record) if record is not None else None
    else:
        question = bank.get(origin)
    return Entry(origin, question) if question is not None else None


def own_record(s: Session, course: Course, name: str) -> CourseQuestion | None:
    """The row of one of the course's own questions."""
    return s.scalar(
        select(CourseQuestion).where(CourseQuestion.course_id == course.id, CourseQuestion.name == name[:LONGEST_NAME])
    )


def source_of(question: Question) -> str:
    """The text that people edit."""
    return write_questions([question])


def read(text: str) -> Question:
    """A question from its text, once it was found to hold in every draw. Raises QuestionRefused."""
    try:
        question = read_question(text)
    except QuestionError as error:
        raise QuestionRefused(_sentence(str(error))) from None
    prove_it(question)
    return question


def prove_it(question: Question) -> None:
    """Raise QuestionRefused where some draw of a question is not what a student could answer."""
    problems = prove(question, question.id, SEEDS, failures).problems
    if problems:
        raise QuestionRefused(_sentence(f"The question cannot be used: {problems[0]}"))


def save(s: Session, course: Course, text: str, name: str | None = None) -> Question:
    """Store a question that was written: a new one, or in the place of `name`. Raises QuestionRefused."""
    question = read(text)
    if question.id != name and own_record(s, course, question.id) is not None:
        raise QuestionRefused(f"This course has a question {question.id} already. Give this one another id.")
    record = own_record(s, course, name) if name else None
    if record is None:
        record = CourseQuestion(course_id=course.id, origin="")
    record.name, record.definition = question.id, question_to_dict(question)
    _store(s, record)
    return question


def copy(s: Session, course: Course, chosen: Entry) -> str:
    """Make a question of the bank, or one of the course's own, anew as the course's own; the new name."""
    name = _free(chosen.name, {record.name for record in _records(s, course)})
    _store(s, _record(course, chosen.question, name, f"Copied from {chosen.origin}"))
    return name


def delete(s: Session, course: Course, name: str) -> bool:
    """Take one of the course's own questions away; quizzes keep their copies. False where there is none."""
    record = own_record(s, course, name)
    if record is None:
        return False
    s.delete(record)
    s.flush()
    return True


def add_all(s: Session, course: Course, chosen: Iterable[Question], origin: str) -> list[str]:
    """Store questions as the course's own; their names, which have a number behind them where the id is taken."""
    taken, names = {record.name for record in _records(s, course)}, []
    for question in chosen:
        names.append(_free(question.id, taken))
        taken.add(names[-1])
        s.add(_record(course, question, names[-1], origin))
    s.flush()
    return names


def _record(course: Course, question: Question, name: str, origin: str) -> CourseQuestion:
    definition = question_to_dict(replace(question, id=name))
    return CourseQuestion(course_id=course.id, name=name, definition=definition, origin=origin[:200])


def _free(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, or with the first number behind it that is not taken."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        ending = f"-{number}"
        name = f"{wanted[: LONGEST_NAME - len(ending)].rstrip('-')}{ending}"
    return name


def _store(s: Session, record: CourseQuestion) -> None:
    try:
        with s.begin_nested():
            s.add(record)
            s.flush()
    except IntegrityError:
        raise QuestionRefused(f"This course has a question {record.name} already. Give this one another id.") from None


def _records(s: Session, course: Course) -> Sequence[CourseQuestion]:
    query = select(CourseQuestion).where(CourseQuestion.course_id == course.id).order_by(CourseQuestion.name)
    return s.scalars(query).all()


def _read(record: CourseQuestion) -> Question | None:
    try:
        return question_from_dict(record.definition, record.name)
    except QuestionError:
        return None


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."

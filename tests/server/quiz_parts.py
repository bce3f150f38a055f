"""Parts for tests of quizzes: definitions of every kind, a quiz of them, a session in any phase, who takes part."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from server.models import (
    Course,
    Mode,
    Numbers,
    Participant,
    Person,
    Quiz,
    QuizAnswer,
    QuizItem,
    QuizPart,
    QuizSession,
    SessionItem,
    Stage,
    utcnow,
)
from server.quiz.paper import lay_down, questions_of
from server.quiz.question import Response
from server.quiz.source import question_from_dict, write_questions
from server.services.quizzes.clock import Phase

LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
CODES = count(1)
TEN_MINUTES = timedelta(minutes=10)
GAP = timedelta(minutes=5)
"""How far a session's opening or close lies from now: whoever crosses it by waiting waits too long."""

SECRETS = ("secret reason", "secret explanation")
"""What every reason and every explanation of these questions says, and nothing else: no student may see it early."""


def single(name: str = "single") -> dict[str, Any]:
    """One right option of three: the second as written."""
    return {
        "id": name,
        "kind": "single",
        "title": f"About {name}",
        "topic": "Q1",
        "source": "D1 L10-12",
        "difficulty": 1,
        "stem": f"What does a kernel do? ({name})",
        "explanation": "The secret explanation.",
        "option": [
            {"text": "It rests.", "why": "A misconception, for a secret reason."},
            {"text": "It moves.", "right": True, "why": "Right, for a secret reason."},
            {"text": "It leaves.", "why": "A misconception, for a secret reason."},
        ],
    }


def multiple(name: str = "multiple") -> dict[str, Any]:
    """Two right options of four: the first and the third as written; scored by the default, net correct."""
    texts = (("Stride", True), ("Colour", False), ("Padding", True), ("Weather", False))
    options = [
        {"text": text, "why": f"{text}, for a secret reason."} | ({"right": True} if right else {})
        for text, right in texts
    ]
    return {
        "id": name,
        "kind": "multiple",
        "title": f"About {name}",
        "stem": f"What changes the size of an output? ({name})",
        "explanation": "The secret explanation.",
        "option": options,
    }


def true_false(name: str = "true-false") -> dict[str, Any]:
    """True is right."""
    return {
        "id": name,
        "kind": "true_false",
        "title": f"About {name}",
        "stem": f"A kernel has weights. ({name})",
        "explanation": "The secret explanation.",
        "right": True,
        "why_true": "Right, for a secret reason.",
        "why_false": "A misconception, for a secret reason.",
    }


def numeric(name: str = "numeric") -> dict[str, Any]:
    """1.5 is right, give or take 0.25; 3 is a known mistake."""
    return {
        "id": name,
        "kind": "numeric",
        "title": f"About {name}",
        "stem": f"How much is half of three? ({name})",
        "explanation": "The secret explanation.",
        "answer": [
            {"value": "1.5", "tolerance": "0.25", "why": "Right, for a secret reason."},
            {"value": "3", "fraction": 0, "why": "A misconception, for a secret reason."},
        ],
    }


def drawn(name: str = "drawn") -> dict[str, Any]:
    """A single choice whose numbers are drawn; the first option is right."""
    return {
        "id": name,
        "kind": "single",
        "title": f"About {name}",
        "stem": f"What is $<<a>> + <<b>>$? ({name})",
        "explanation": "The secret explanation.",
        "draw": {"a": {"from": 2, "to": 30}, "b": {"from": 3, "to": 30}, "total": "a + b"},
        "where": ["a * b != a + b", "a * b != a + b + 1"],
        "option": [
            {"text": "<<total>>", "right": True, "why": "Right, for a secret reason."},
            {"text": "<<total + 1>>", "why": "A misconception, for a secret reason."},
            {"text": "<<a * b>>", "why": "A misconception, for a secret reason."},
        ],
    }


KINDS = (single, multiple, true_false, numeric, drawn)


def definitions(number: int) -> list[dict[str, Any]]:
    """So many questions, of every kind in turn; their ids are `q1`, `q2` and so on."""
    return [KINDS[place % len(KINDS)](f"q{place + 1}") for place in range(number)]


def make_quiz(
    s: Session, course: Course, questions: int | list[dict[str, Any]] = 5, *, pick: int | None = None, **columns: Any
) -> Quiz:
    """A quiz of one part with so many questions, or with these definitions; `pick` of them are asked."""
    chosen = definitions(questions) if isinstance(questions, int) else questions
    quiz = Quiz(course=course, **{"title": "Kernels and strides"} | columns)
    part = QuizPart(quiz=quiz, position=0, pick=pick)
    for position, definition in enumerate(chosen):
        origin = f"own/{definition['id']}"
        part.items.append(QuizItem(position=position, origin=origin, definition=definition, points=1.0))
    s.add(quiz)
    s.flush()
    return quiz


def make_session(
    s: Session,
    quiz: Quiz,
    mode: Mode = Mode.TIMED,
    phase: Phase = Phase.OPEN,
    *,
    now: datetime | None = None,
    released: bool = False,
    **columns: Any,
) -> QuizSession:
    """A session of `quiz` that stands in `phase` at `now`, with its copy of the questions.

    It lasts ten minutes (WINDOW: an hour, with ten minutes for each student); a paced one that is open shows its first
    question, a practice one is open for a week. Any column can be given.
    """
    now, items = now or utcnow(), _copied(quiz)
    session = QuizSession(
        quiz=quiz,
        items=items,
        course_id=quiz.course_id,
        **{
            "title": quiz.title,
            "code": _code(),
            "mode": mode,
            "numbers": quiz.numbers or Numbers.EACH,
            "seed": 20_260,
            "results_released_at": now if released else None,
        }
        | _times(mode, phase, now)
        | columns,
    )
    s.add(session)
    s.flush()
    return session


def join(
    s: Session,
    session: QuizSession,
    number: str = "100001",
    person: Person | None = None,
    *,
    seed: int = 1,
    **columns: Any,
) -> Participant:
    """A participant with a paper, who joined when the session opened."""
    joined = session.opens_at or utcnow()
    participant = Participant(
        session=session,
        number=number,
        person=person,
        paper=lay_down(session.items, seed, session),
        **{"device": f"device-{number}", "joined_at": joined} | columns,
    )
    s.add(participant)
    s.flush()
    return participant


def answer(
    s: Session, participant: Participant, position: int, picked: tuple[int, ...] = (), text: str = "", **columns: Any
) -> QuizAnswer:
    """The participant's answer to the question at `position` of the paper: places as written, or a number as typed."""
    entry = participant.paper[position]
    given = QuizAnswer(
        participant=participant,
        item_id=entry["item"],
        picked=list(picked),
        text=text,
        **{"sequence": 1, "token": f"{participant.number}-{position}", "answered_at": utcnow()} | columns,
    )
    s.add(given)
    s.flush()
    return given


def key_of(participant: Participant, position: int) -> Response:
    """The right response to the question at `position` of this participant's paper."""
    question = questions_of(participant.paper, participant.session.items)[position].drawn
    if question.answers:
        return Response(text=f"{next(each.value for each in question.answers if each.fraction == 1):g}")
    return Response(picked=tuple(sorted(question.key)))


def _copied(quiz: Quiz) -> list[SessionItem]:
    chosen = [(place, part.pick, item) for place, part in enumerate(quiz.parts) for item in part.items]
    return [
        SessionItem(
            position=position,
            part=place,
            pick=pick,
            origin=item.origin,
            definition=item.definition,
            points=item.points,
        )
        for position, (place, pick, item) in enumerate(chosen)
    ]


def _times(mode: Mode, phase: Phase, now: datetime) -> dict[str, Any]:
    """The columns that make a session of `mode` stand in `phase` at `now`."""
    length = timedelta(hours=1) if mode is Mode.WINDOW else TEN_MINUTES
    opens_at = {Phase.WAITING: now + GAP, Phase.CLOSED: now - GAP - length}.get(phase, now - GAP)
    columns: dict[str, Any] = {"opens_at": opens_at, "closes_at": opens_at + length}
    if mode is Mode.WINDOW:
        columns["limit_seconds"] = int(TEN_MINUTES.total_seconds())
    if mode is Mode.PRACTICE:
        columns["closes_at"] = opens_at + (length if phase is Phase.CLOSED else timedelta(days=7))
    if mode is Mode.PACED:
        columns["closes_at"] = None
        columns["opens_at"] = None if phase is Phase.WAITING else opens_at
        columns["ended_at"] = now - GAP if phase is Phase.CLOSED else None
        if phase in (Phase.OPEN, Phase.PAUSED):
            columns |= {"stage": Stage.OPEN, "stage_at": now, "current": 0}
    if phase is Phase.PAUSED:
        columns["paused_at"] = now
    return columns


def _code() -> str:
    """A room code that no other session of this test run has."""
    number, letters = next(CODES), []
    for _ in range(6):
        number, letter = divmod(number, len(LETTERS))
        letters.append(LETTERS[letter])
    return "".join(letters)


def write_bank(root: Path, questions: list[dict[str, Any]], folder: str = "04-conv-forward") -> Path:
    """A folder below `root` whose `quiz.toml` holds these questions."""
    path = root / folder / "quiz.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write_questions([question_from_dict(each, folder) for each in questions]), encoding="utf-8")
    return path

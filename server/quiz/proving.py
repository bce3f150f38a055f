"""The proof of a question: many draws of it, and every property that a student relies on in each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from server.quiz.drawing import VARIANTS, DrawError, tried_draw
from server.quiz.figures import likeness
from server.quiz.names import texts_of
from server.quiz.question import DrawnQuestion, Kind, Question

SEEDS = 1000
FEWEST_TAKEN = 0.1
"""The share of tries that must become draws: below it the numbers are chosen badly, and drawing is slow."""

MOST_PROBLEMS = 5
TOPIC = re.compile(r"Q\d{2}")
SOURCE = re.compile(r"D\d L\d+(-\d+)?(, (D\d )?L\d+(-\d+)?)*")
LITERAL = r"\<<"

Render = Callable[[str], Iterable[str]]
"""Shows a text as the pages do and says what of it cannot be shown, nothing where all can."""


@dataclass(slots=True)
class Proof:
    """What came of one question: `draws` of `tries` were taken, `different` of them differ in what students see."""

    where: str
    question: Question
    draws: int = 0
    tries: int = 0
    different: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def taken(self) -> float:
        """The share of tries that became draws."""
        return self.draws / self.tries if self.tries else 0.0

    def to_dict(self) -> dict[str, Any]:
        """The proof as JSON-ready values."""
        question = self.question
        counts = {"draws": self.draws, "taken": round(self.taken, 4), "different": self.different}
        return (
            {"question": self.where, "kind": question.kind.value, "topic": question.topic}
            | counts
            | {"problems": self.problems}
        )


def prove(question: Question, where: str, seeds: int = SEEDS, render: Render | None = None) -> Proof:
    """Draw the question with the seeds 0 to `seeds` - 1 and look at each; `render` sees those that sessions use."""
    proof = Proof(where, question)
    seen = set()
    for seed in range(seeds):
        try:
            tried = tried_draw(question, seed)
        except DrawError as error:
            _note(proof, [str(error)])
            break
        proof.draws += 1
        proof.tries += tried.tries
        drawn = tried.drawn
        seen.add((drawn.stem, *(option.text for option in drawn.options)))
        _note(proof, (f"seed {seed}: {wrong}" for wrong in problems_of(drawn)))
        if render is not None and seed < VARIANTS:
            _note(proof, (f"seed {seed}: {wrong}" for wrong in _unshown(drawn, render)))
        if not varies(question) or len(proof.problems) >= MOST_PROBLEMS:
            break
    proof.different = len(seen)
    if proof.draws and proof.taken < FEWEST_TAKEN:
        thrown = f"{100 * (1 - proof.taken):.0f} of 100 draws are thrown away; choose ranges that fit its conditions"
        _note(proof, [thrown])
    return proof


def varies(question: Question) -> bool:
    """Whether two seeds can give two questions. One that never varies is proved by one draw."""
    return question.has_parameters or (question.show or len(question.options)) < len(question.options)


def _note(proof: Proof, problems: Iterable[str]) -> None:
    proof.problems += problems


def problems_of(drawn: DrawnQuestion) -> Iterator[str]:
    """What is wrong with a drawn question, a sentence each."""
    options = drawn.options
    for key, text in texts_of_drawn(drawn):
        if "<<" in text and not any(LITERAL in written for _, written in texts_of(drawn.question)):
            yield f"{key}: << is left in the text"
    if not drawn.stem.strip():
        yield "the stem is empty"
    for option in options:
        if not option.text.strip():
            yield f"option {option.place + 1} is empty"
    if len({likeness(option.text) for option in options}) != len(options) or _same_numbers(drawn):
        yield f"two options are alike: {[option.text for option in options]}"
    right = len(drawn.key)
    if drawn.question.kind in (Kind.SINGLE, Kind.TRUE_FALSE) and right != 1:
        yield f"{right} options are right, not one"
    if drawn.question.kind is Kind.MULTIPLE and not right:
        yield "no option is right"
    yield from _accepted_mistakes(drawn)


def texts_of_drawn(drawn: DrawnQuestion) -> Iterator[tuple[str, str]]:
    """Every text of a drawn question with its key."""
    yield "stem", drawn.stem
    yield "explanation", drawn.explanation
    for option in drawn.options:
        yield f"option {option.place + 1}", option.text
        yield f"option {option.place + 1}, why", option.why
    for position, answer in enumerate(drawn.answers, 1):
        yield f"answer {position}, why", answer.why


def _same_numbers(drawn: DrawnQuestion) -> bool:
    numbers = []
    for option in drawn.options:
        try:
            numbers.append(float(option.text.strip().strip("$").replace("\u2212", "-").replace("\u202f", "")))
        except ValueError:
            continue
    return len(set(numbers)) != len(numbers)


def _accepted_mistakes(drawn: DrawnQuestion) -> Iterator[str]:
    """Mistakes of a numeric question whose value is accepted as right."""
    for position, mistake in enumerate(drawn.answers, 1):
        for right in drawn.answers:
            if mistake.fraction == 0 < right.fraction and abs(mistake.value - right.value) <= right.tolerance:
                yield f"answer {position} is a mistake, but its value {mistake.value:g} is accepted as right"


def _unshown(drawn: DrawnQuestion, render: Render) -> Iterator[str]:
    for key, text in texts_of_drawn(drawn):
        for failed in render(text):
            yield f"{key}: cannot be shown: {failed}"


def unsaid(question: Question) -> list[str]:
    """What a question of the bank must say and this one does not, a sentence each."""
    found = []
    if not TOPIC.fullmatch(question.topic):
        found.append(f"topic must be one of the course's, such as Q22, not {question.topic!r}")
    if not SOURCE.fullmatch(question.source):
        found.append(f"source must name a deck and its lines, such as D2 L129-135, not {question.source!r}")
    if question.difficulty is None:
        found.append("difficulty is missing: 1 recall, 2 one step, 3 several steps")
    found += [f"{key} is missing" for key in ("title", "explanation") if not getattr(question, key)]
    for position, option in enumerate(question.options, 1):
        if not option.why:
            found.append(f"option {position} does not say why it is right, or which misconception it shows")
    for position, answer in enumerate(question.answers, 1):
        if not answer.why:
            found.append(f"answer {position} does not say why it is right, or which misconception it shows")
    return found

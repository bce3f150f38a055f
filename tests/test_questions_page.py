"""docs/questions.md: its questions hold, and it says what every function does."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from server.quiz.fields import QuestionError
from server.quiz.functions import FUNCTIONS
from server.quiz.proving import prove, unsaid
from server.quiz.question import Kind, Scoring
from server.quiz.source import COMMON, OF_KIND, read_questions
from server.rendering.questions import failures

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "questions.md").read_text()
EXAMPLES = re.findall(r"^(`{3,})toml\n(.*?)^\1$", PAGE, re.DOTALL | re.MULTILINE)
ROWS = dict(re.findall(r"^\| `(\w+)\(.*?\)`(?:, `.*?`)? \| (.*) \|$", PAGE, re.MULTILINE))


@pytest.mark.parametrize("text", [text for _, text in EXAMPLES])
def test_an_example_is_a_question_that_holds(text) -> None:
    (question,) = read_questions(text, "docs/questions.md")
    assert prove(question, question.id, 1000, failures).problems == []
    assert unsaid(question) == []


def test_the_examples_are_of_every_kind() -> None:
    assert {read_questions(text, "docs/questions.md")[0].kind for _, text in EXAMPLES} == set(Kind)


def test_every_function_is_listed_with_what_it_says_itself() -> None:
    assert {name: inspect.getdoc(function) for name, function in FUNCTIONS.items()} == ROWS


def test_every_key_and_every_word_is_explained() -> None:
    keys = set.union(COMMON, *OF_KIND.values()) | {"fraction", "tolerance", "value", "text", "why", "right"}
    words = [*keys, *Kind, *Scoring, "step", "choice", "list", "grid", "distinct", "from", "to"]
    missing = [word for word in words if not re.search(rf"[`{{ ]{word}\b|\.{word}\]", PAGE)]
    assert missing == []


def test_the_literal_sign_is_written_as_the_page_says() -> None:
    text = EXAMPLES[0][1].replace("stride of 2", r"shift `1 \\<< 2`")
    (question,) = read_questions(text, "test")
    assert prove(question, question.id).problems == []
    with pytest.raises(QuestionError, match=r"write \\<<"):
        read_questions(EXAMPLES[0][1].replace("stride of 2", "shift `1 << 2`"), "test")

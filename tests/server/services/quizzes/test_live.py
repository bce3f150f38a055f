"""What the lecturer sees of a session under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from server.models import Mode, Numbers, QuizSession, TimeAllowance, utcnow
from server.services.quizzes import bars, live, pacing
from server.services.quizzes.clock import Phase
from tests.server.quiz_parts import answer, drawn, join, key_of, make_quiz, make_session, multiple, numeric, single

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    return utcnow()


@contextmanager
def counted(s: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def hear(*arguments) -> None:
        statements.append(arguments[2])

    engine = s.get_bind()
    event.listen(engine, "before_cursor_execute", hear)
    yield statements
    event.remove(engine, "before_cursor_execute", hear)


def test_who_joined_and_how_far_each_is(s: Session, course, now):
    session = make_session(s, make_quiz(s, course, 5), now=now)
    ada, grace = join(s, session, "1", extra_seconds=120, takeovers=2), join(s, session, "2")
    for position in range(5):
        response = key_of(ada, position)
        answer(s, ada, position, response.picked, response.text, answered_at=now)
    answer(s, grace, 0, ())
    s.add(TimeAllowance(session_id=session.id, number="3", extra_seconds=60))
    s.add(TimeAllowance(session_id=session.id, number="1", extra_seconds=120))
    s.flush()
    found = live.progress(s, session, now)
    assert (found.joined, found.finished, found.answered, found.questions) == (2, 1, 5, 5)
    first, second = found.students
    assert (first.number, first.answered, first.takeovers, first.extra_seconds) == ("1", 5, 2, 120)
    assert (first.closes_at, second.closes_at) == (session.closes_at + 2 * MINUTE, session.closes_at)
    assert (first.last_at, second.last_at) == (now, None)
    assert (second.answered, second.phase) == (0, Phase.OPEN)
    assert found.answers == {item.id: 1 for item in session.items}
    assert found.waiting == {"3": 60}
    assert found.left == session.closes_at - now


def test_answers_of_another_session_do_not_count(s: Session, course, now):
    quiz = make_quiz(s, course, [single()])
    session, other = make_session(s, quiz, now=now), make_session(s, quiz, now=now)
    answer(s, join(s, other, "1"), 0, (1,))
    found = live.progress(s, session, now)
    assert (found.joined, found.answered) == (0, 0)


def test_it_costs_the_same_few_queries_however_many_there_are(s: Session, course, now):
    quiz = make_quiz(s, course, 5)
    costs = []
    for size in (1, 40):
        session = make_session(s, quiz, now=now)
        for number in range(size):
            answer(s, join(s, session, str(number)), 2, (0,))
        s.commit()
        found = s.get(QuizSession, session.id, populate_existing=True)
        with counted(s) as statements:
            live.progress(s, found, now)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 5


def test_who_still_writes_after_the_close_is_counted(s: Session, course, now):
    session = make_session(s, make_quiz(s, course, 1), now=now)
    join(s, session, "1", extra_seconds=300)
    join(s, session, "2")
    assert live.progress(s, session, now).still_writing == 0
    found = live.progress(s, session, session.closes_at + MINUTE)
    assert (found.phase, found.still_writing) == (Phase.CLOSED, 1)


def test_a_paper_has_as_many_questions_as_the_pools_pick(s: Session, course):
    session = make_session(s, make_quiz(s, course, 5, pick=2))
    assert live.paper_length(session) == 2
    assert len(join(s, session).paper) == 2


def bars_of(s: Session, session: QuizSession) -> bars.Bars:
    return bars.bars(s, session, pacing.questions_on_show(session)[0])


def test_the_bars_of_options_are_in_the_order_shown(s: Session, course, now):
    session = make_session(s, make_quiz(s, course, [single()]), Mode.PACED, now=now)
    for number, place in enumerate((1, 1, 1, 0)):
        answer(s, join(s, session, str(number)), 0, (place,))
    join(s, session, "who has no answer")
    found = bars_of(s, session)
    order = pacing.questions_on_show(session)[0].order
    assert [bar.count for bar in found.bars] == [{0: 1, 1: 3, 2: 0}[place] for place in order]
    assert [bar.label for bar in found.bars] == ["A", "B", "C"]
    assert [bar.text for bar in found.bars if bar.is_right] == ["It moves."]
    assert (found.answered, found.joined) == (4, 5)
    assert max(found.share(bar) for bar in found.bars) == 0.75


def test_several_choices_add_up_to_more_than_the_answers(s: Session, course, now):
    session = make_session(s, make_quiz(s, course, [multiple()]), Mode.PACED, now=now)
    for number, picked in enumerate(((0, 2), (0,))):
        answer(s, join(s, session, str(number)), 0, picked)
    found = bars_of(s, session)
    assert found.answered == 2
    assert {bar.text: bar.count for bar in found.bars} == {"Stride": 2, "Padding": 1, "Colour": 0, "Weather": 0}


def test_typed_numbers_are_shown_by_value(s: Session, course, now):
    session = make_session(s, make_quiz(s, course, [numeric()]), Mode.PACED, now=now)
    for number, text in enumerate(("1.5", "1.5", "1.6", "3")):
        answer(s, join(s, session, str(number)), 0, text=text)
    found = bars_of(s, session)
    assert [(bar.text, bar.count, bar.is_right) for bar in found.bars] == [
        ("1.5", 2, True),
        ("1.6", 1, True),
        ("3", 1, False),
    ]


def test_numbers_of_ones_own_are_only_right_or_wrong(s: Session, course, now):
    own = {
        "id": "own-numbers",
        "kind": "numeric",
        "stem": "What is $<<a>> + 1$?",
        "draw": {"a": {"from": 1, "to": 90}},
        "answer": [{"value": "a + 1"}],
    }
    session = make_session(s, make_quiz(s, course, [own], numbers=Numbers.EACH), phase=Phase.CLOSED, now=now)
    for number in range(6):
        someone = join(s, session, str(number), seed=number)
        answer(s, someone, 0, text=key_of(someone, 0).text if number else "-7")
    found = bars_of(s, session)
    assert [(bar.text, bar.count, bar.is_right) for bar in found.bars] == [("right", 5, True), ("wrong", 1, False)]


def test_options_whose_numbers_differ_are_counted_by_what_they_mean(s: Session, course, now):
    session = make_session(s, make_quiz(s, course, [drawn()], numbers=Numbers.EACH), phase=Phase.CLOSED, now=now)
    for number in range(4):
        answer(s, join(s, session, str(number), seed=number), 0, (0,))
    assert [bar.count for bar in bars_of(s, session).bars if bar.is_right] == [4]

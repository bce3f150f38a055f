"""What a lecturer does with a session: starting, pausing, giving time, ending, releasing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from server.models import Mode, Participant, QuizEvent, QuizSession, TimeAllowance, utcnow
from server.services import accounts
from server.services.errors import Refused
from server.services.quizzes import clock, sessions
from server.services.quizzes.clock import Phase
from tests.server.quiz_parts import GAP, join, make_quiz, make_session

MINUTE = timedelta(minutes=1)
TEN = timedelta(minutes=10)


@pytest.fixture
def now() -> datetime:
    return utcnow()


@pytest.fixture
def quiz(s: Session, course):
    return make_quiz(s, course, 3)


@pytest.fixture
def session(s: Session, quiz, now: datetime) -> QuizSession:
    """Timed, ten minutes long, five of which have passed."""
    return make_session(s, quiz, now=now, limit_seconds=600)


def events(s: Session, session: QuizSession) -> list[tuple[str, int | None]]:
    rows = s.execute(
        select(QuizEvent.kind, QuizEvent.person_id).where(QuizEvent.session_id == session.id).order_by(QuizEvent.id)
    )
    return [(kind, person_id) for kind, person_id in rows]


class TestStart:
    def test_it_opens_at_once_and_keeps_its_length(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, phase=Phase.WAITING, now=now, limit_seconds=600)
        assert sessions.start(s, session, lecturer, now=now)
        assert (session.opens_at, session.closes_at) == (now, now + TEN)
        assert not sessions.start(s, session, lecturer, now=now + MINUTE)
        assert session.closes_at == now + TEN
        assert events(s, session) == [("started", lecturer.id)]

    def test_one_that_waits_for_its_lecturer_gets_its_close(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, phase=Phase.WAITING, opens_at=None, closes_at=None, limit_seconds=600)
        sessions.start(s, session, lecturer, now=now)
        assert session.closes_at == now + TEN

    def test_a_window_keeps_its_close(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, Mode.WINDOW, Phase.WAITING, now=now)
        close = session.closes_at
        sessions.start(s, session, lecturer, now=now)
        assert (session.opens_at, session.closes_at) == (now, close)

    def test_one_that_is_over_stays_so(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, phase=Phase.CLOSED, now=now)
        with pytest.raises(Refused, match="over"):
            sessions.start(s, session, lecturer, now=now)


class TestPause:
    def test_every_time_ahead_moves_by_the_pause(self, s: Session, session, lecturer, now):
        ada = join(s, session)
        close = session.closes_at
        assert sessions.pause(s, session, lecturer, now=now)
        assert clock.phase(session, ada, now + TEN) is Phase.PAUSED
        assert sessions.resume(s, session, lecturer, now=now + 7 * MINUTE)
        assert session.closes_at == close + 7 * MINUTE
        assert session.opens_at == now - GAP
        assert clock.left(session, ada, now + 7 * MINUTE) == GAP
        assert events(s, session) == [("paused", lecturer.id), ("resumed", lecturer.id)]

    def test_a_second_click_changes_nothing(self, s: Session, session, lecturer, now):
        seen = sessions.state(session)
        assert sessions.pause(s, session, lecturer, expected=seen, now=now)
        assert not sessions.pause(s, session, lecturer, expected=seen, now=now + MINUTE)
        assert not sessions.resume(s, session, lecturer, expected=seen, now=now + MINUTE)
        assert session.paused_at == now
        assert len(events(s, session)) == 1

    def test_a_personal_limit_stands_still_too(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, Mode.WINDOW, now=now)
        early, late = join(s, session, "1", joined_at=now - 2 * MINUTE), join(s, session, "2", joined_at=now)
        sessions.pause(s, session, lecturer, now=now)
        during = join(s, session, "3", joined_at=now + MINUTE)
        sessions.resume(s, session, lecturer, now=now + 3 * MINUTE)
        left = [clock.left(session, each, now + 3 * MINUTE) for each in (early, late, during)]
        assert left == [8 * MINUTE, TEN, TEN]

    def test_the_opening_moves_where_it_lies_ahead(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, phase=Phase.WAITING, now=now)
        sessions.pause(s, session, lecturer, now=now)
        assert clock.phase(session, None, now + 6 * MINUTE) is Phase.WAITING
        sessions.resume(s, session, lecturer, now=now + 6 * MINUTE)
        assert (session.opens_at, session.closes_at) == (now + GAP + 6 * MINUTE, now + GAP + TEN + 6 * MINUTE)

    def test_a_question_that_closes_by_itself_waits_too(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, Mode.PACED, now=now, limit_seconds=60)
        sessions.pause(s, session, lecturer, now=now + 0.5 * MINUTE)
        sessions.resume(s, session, lecturer, now=now + 2 * MINUTE)
        assert clock.paced_closes_at(session) == now + 2.5 * MINUTE

    def test_who_has_extra_time_after_the_close_gets_the_pause_back(self, s: Session, session, lecturer, now):
        ada, grace = join(s, session, "1", extra_seconds=600), join(s, session, "2")
        paused = session.closes_at + MINUTE
        sessions.pause(s, session, lecturer, now=paused)
        sessions.resume(s, session, lecturer, now=paused + 3 * MINUTE)
        assert clock.left(session, ada, paused + 3 * MINUTE) == 9 * MINUTE
        assert clock.phase(session, grace, paused + 3 * MINUTE) is Phase.CLOSED
        assert not clock.accepts(session, grace, 0, paused + 3 * MINUTE)

    def test_nothing_runs_that_could_be_paused(self, s: Session, quiz, lecturer, now):
        with pytest.raises(Refused, match="over"):
            sessions.pause(s, make_session(s, quiz, phase=Phase.CLOSED, now=now), lecturer, now=now)
        with pytest.raises(Refused, match="no clock"):
            sessions.pause(s, make_session(s, quiz, Mode.PRACTICE, now=now), lecturer, now=now)


class TestExtendAll:
    def test_the_close_moves_once_for_two_clicks(self, s: Session, session, lecturer, now):
        ada, close, seen = join(s, session), session.closes_at, sessions.state(session)
        assert sessions.extend_all(s, session, 120, lecturer, expected=seen, now=now)
        assert not sessions.extend_all(s, session, 120, lecturer, expected=seen, now=now)
        assert clock.closes_at(session, ada) == close + 2 * MINUTE
        assert sessions.length_seconds(session) == 720

    def test_a_window_gives_everybody_more(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, Mode.WINDOW, now=now)
        ada = join(s, session, joined_at=now)
        sessions.extend_all(s, session, 60, lecturer, now=now)
        assert clock.closes_at(session, ada) == now + 11 * MINUTE

    def test_the_question_on_show_stays_open_longer(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, Mode.PACED, now=now, limit_seconds=60)
        sessions.extend_all(s, session, 30, lecturer, now=now)
        assert clock.paced_closes_at(session) == now + 1.5 * MINUTE
        with pytest.raises(Refused, match="closed already"):
            sessions.extend_all(s, session, 30, lecturer, now=now + 2 * MINUTE)

    @pytest.mark.parametrize("seconds", [0, -60, 90_000])
    def test_nonsense_is_refused(self, s: Session, session, lecturer, now, seconds):
        with pytest.raises(Refused, match="how much more"):
            sessions.extend_all(s, session, seconds, lecturer, now=now)

    def test_what_nothing_closes_is_not_extended(self, s: Session, quiz, lecturer, now):
        for mode, phase in ((Mode.PACED, Phase.OPEN), (Mode.PRACTICE, Phase.OPEN), (Mode.TIMED, Phase.CLOSED)):
            with pytest.raises(Refused):
                sessions.extend_all(s, make_session(s, quiz, mode, phase, now=now), 60, lecturer, now=now)


class TestExtendOne:
    def test_one_student_gets_more_and_nobody_else(self, s: Session, session, lecturer, now):
        ada, grace = join(s, session, "1"), join(s, session, "2")
        assert sessions.extend_one(s, session, "1", 150, lecturer, once="a", now=now)
        assert not sessions.extend_one(s, session, "1", 150, lecturer, once="a", now=now)
        assert clock.closes_at(session, ada) == session.closes_at + 2.5 * MINUTE
        assert clock.closes_at(session, grace) == session.closes_at
        event = s.scalar(select(QuizEvent).where(QuizEvent.kind == "extended_one"))
        assert (event.participant_id, event.details["total"]) == (ada.id, 150)

    def test_who_has_not_joined_gets_an_allowance(self, s: Session, session, lecturer, student, now):
        sessions.extend_one(s, session, student.number, 60, lecturer, once="a", now=now)
        assert sessions.extend_one(s, session, f" {student.number} ", 60, lecturer, once="b", now=now)
        assert not sessions.extend_one(s, session, student.number, 60, lecturer, once="b", now=now)
        allowances = list(s.scalars(select(TimeAllowance)))
        assert [(each.number, each.extra_seconds) for each in allowances] == [(student.number, 120)]
        assert sessions.longest_extra(s, session) == 120

    def test_a_number_that_is_not_on_the_roster_is_refused(self, s: Session, session, lecturer, now):
        with pytest.raises(Refused, match="roster"):
            sessions.extend_one(s, session, "999999", 60, lecturer, now=now)
        session.roster_only = False
        s.flush()
        assert sessions.extend_one(s, session, "999999", 60, lecturer, now=now)

    def test_it_opens_again_for_who_had_to_stop(self, s: Session, session, lecturer, now):
        ada = join(s, session, "1")
        after = session.closes_at + 2 * MINUTE
        assert clock.phase(session, ada, after) is Phase.CLOSED
        sessions.extend_one(s, session, "1", 300, lecturer, now=after)
        assert clock.phase(session, ada, after) is Phase.OPEN

    def test_too_little_to_open_again_is_refused(self, s: Session, session, lecturer, now):
        join(s, session, "1")
        with pytest.raises(Refused, match="still be over: give at least 10 minutes more"):
            sessions.extend_one(s, session, "1", 60, lecturer, now=session.closes_at + TEN)

    def test_nobody_gets_more_once_the_answers_are_out(self, s: Session, quiz, lecturer, now):
        for columns in ({"results_released_at": now}, {"ended_at": now}):
            session = make_session(s, quiz, phase=Phase.CLOSED, now=now, **columns)
            join(s, session, "1")
            with pytest.raises(Refused):
                sessions.extend_one(s, session, "1", 3600, lecturer, now=now)

    def test_where_the_lecturer_closes_each_question_there_is_nothing_to_extend(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, Mode.PACED, now=now)
        join(s, session, "1")
        with pytest.raises(Refused, match="close each question"):
            sessions.extend_one(s, session, "1", 60, lecturer, now=now)
        session.limit_seconds = 60
        s.flush()
        assert sessions.extend_one(s, session, "1", 60, lecturer, now=now)

    def test_it_can_be_taken_back_and_never_below_nothing(self, s: Session, session, lecturer, now):
        ada = join(s, session, "1", extra_seconds=60)
        with pytest.raises(Refused, match="between nothing"):
            sessions.extend_one(s, session, "1", -61, lecturer, now=now)
        sessions.extend_one(s, session, "1", -60, lecturer, now=now)
        assert ada.extra_seconds == 0


class TestEnd:
    def test_it_ends_for_everybody_once(self, s: Session, session, lecturer, now):
        ada = join(s, session, extra_seconds=600)
        assert sessions.end(s, session, lecturer, now=now)
        assert not sessions.end(s, session, lecturer, now=now + MINUTE)
        assert session.ended_at == now
        assert clock.phase(session, ada, now) is Phase.CLOSED

    def test_a_pause_that_was_never_resumed_ends_too(self, s: Session, session, lecturer, now):
        sessions.pause(s, session, lecturer, now=now)
        assert sessions.end(s, session, lecturer, now=now + MINUTE)
        assert not sessions.resume(s, session, lecturer, now=now + 2 * MINUTE)
        assert sessions.is_done(s, session, now + 2 * MINUTE)

    def test_what_has_not_opened_is_cancelled_instead(self, s: Session, quiz, lecturer, now):
        with pytest.raises(Refused, match="Cancel"):
            sessions.end(s, make_session(s, quiz, phase=Phase.WAITING, now=now), lecturer, now=now)


class TestRelease:
    def test_results_come_out_and_back(self, s: Session, quiz, lecturer, now):
        session = make_session(s, quiz, phase=Phase.CLOSED, now=now)
        assert sessions.release(s, session, lecturer, now=now)
        assert not sessions.release(s, session, lecturer, now=now + MINUTE)
        assert session.results_released_at == now
        assert sessions.withhold(s, session, lecturer, now=now + MINUTE)
        assert not sessions.withhold(s, session, lecturer, now=now + MINUTE)
        assert session.results_released_at is None
        assert [kind for kind, _ in events(s, session)] == ["released", "withheld"]

    def test_nothing_comes_out_while_anybody_can_answer(self, s: Session, session, lecturer, now):
        join(s, session, "1", extra_seconds=300)
        for moment in (now, session.closes_at + 4 * MINUTE, session.closes_at + 5 * MINUTE + timedelta(seconds=1)):
            with pytest.raises(Refused, match="can still answer"):
                sessions.release(s, session, lecturer, now=moment)
        assert sessions.release(s, session, lecturer, now=session.closes_at + 5 * MINUTE + timedelta(seconds=2))

    def test_an_allowance_of_somebody_who_may_still_come_counts(self, s: Session, session, lecturer, student, now):
        sessions.extend_one(s, session, student.number, 300, lecturer, now=now)
        with pytest.raises(Refused, match="can still answer"):
            sessions.release(s, session, lecturer, now=session.closes_at + MINUTE)

    def test_nothing_comes_out_of_a_pause_or_a_practice(self, s: Session, quiz, session, lecturer, now):
        sessions.pause(s, session, lecturer, now=now)
        with pytest.raises(Refused, match="can still answer"):
            sessions.release(s, session, lecturer, now=now + timedelta(days=1))
        with pytest.raises(Refused, match="nothing to release"):
            sessions.release(s, make_session(s, quiz, Mode.PRACTICE, now=now), lecturer, now=now)


def test_two_lecturers_at_once_extend_once(s: Session, session, lecturer, now, sessions: sessionmaker[Session]):
    """Both saw the same page; the one who comes second is told, and nothing is added twice."""
    from server.services.quizzes import sessions as acts

    seen, close = acts.state(session), session.closes_at
    s.commit()
    done = []
    for _ in range(2):
        with sessions.begin() as other:
            theirs = other.get(QuizSession, session.id)
            by = accounts.person_by_number(other, lecturer.number)
            done.append(acts.extend_all(other, theirs, 60, by, expected=seen, now=now))
    s.expire_all()
    assert done == [True, False]
    assert session.closes_at == close + MINUTE
    assert s.scalar(select(Participant)) is None

"""What the record of a session says, and what it leaves to the list of students."""

from __future__ import annotations

from server.models import utcnow
from server.services.quizzes import events, joining
from server.services.quizzes.events import Act
from server.services.quizzes.joining import Asking
from tests.server import quiz_parts as parts


def test_the_record_has_takeovers_and_what_the_staff_did_and_not_who_joined(s, course):
    session = parts.make_session(s, parts.make_quiz(s, course, 1), roster_only=False)
    for number in range(60):
        joining.join(s, session, Asking(f"s{1000 + number}", f"device-of-student-{number}"), utcnow())
    joining.join(s, session, Asking("s1007", "another-device-0007", takes_over=True), utcnow())
    events.record(s, session, Act.PAUSED, None, utcnow())
    s.commit()
    found = [(entry.event.kind, entry.number) for entry in events.entries(s, session)]
    assert found == [("paused", None), ("taken_over", "s1007")]

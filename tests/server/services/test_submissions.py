from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import GRADE_CPU, GRADE_GPU, Assignment
from server.models import Course, CourseAssignment, Person, State, Submission
from server.services import accounts, courses, grading, outbox, submissions
from server.services.errors import SubmissionRefused

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CODE = b"def conv_forward(x, w, b, conv_param):\n    return x, None\n"
HandIn = Callable[..., Submission]


def count(s: Session) -> int:
    return s.scalar(select(func.count(Submission.id)))


def test_a_submission_is_stored_and_its_job_waits_for_the_commit(
    s: Session, published: CourseAssignment, conv: Assignment, student: Person
):
    submission = submissions.submit(s, published, conv, student, "my conv (1).py", CODE, now=NOW)

    assert (submission.state, submission.attempt, submission.queue) == (State.QUEUED, 1, GRADE_CPU)
    assert submission.lease_until == NOW + submissions.QUEUE_LEASE
    (letter,) = outbox.take(s)
    assert letter.queue == GRADE_CPU
    assert (letter.job.submission, letter.job.attempt, letter.job.seed) == (submission.id, 1, submission.seed)
    assert letter.job.files == {"my_conv_1.py": CODE.decode()}


@pytest.mark.usefixtures("own_seeds")
def test_seeds_differ_and_survive_json(s: Session, hand_in: HandIn):
    first, second = hand_in(), hand_in()

    assert first.seed != second.seed
    assert all(0 <= submission.seed < 2**53 for submission in (first, second))


def test_the_same_file_may_be_handed_in_again(hand_in: HandIn):
    first, second = hand_in(), hand_in()

    assert first.id != second.id
    assert first.files[0].sha256 == second.files[0].sha256


def test_an_assignment_for_a_gpu_goes_to_its_own_queue(
    s: Session, course: Course, assignments: dict[str, Assignment], student: Person
):
    triton = assignments["17-triton"]
    published = courses.publish(s, course, triton, opens_at=None, due_at=None, points=None)

    submissions.submit(s, published, triton, student, "conv.py", b"def conv_triton(x): ...\n")

    assert [letter.queue for letter in outbox.take(s)] == [GRADE_GPU]


@pytest.mark.parametrize(
    ("filename", "content", "reason"),
    [
        ("conv.py", b"", "is empty"),
        ("conv.py", b" \n\n", "only blank lines"),
        ("conv.py", b"def conv_forward(:\n", "not valid Python"),
        ("conv.py", b"x = 1\n", "does not define the function conv_forward"),
        ("conv.py", "# Größe\n".encode("latin-1") + CODE, "not UTF-8"),
        ("conv.py", CODE + b"#" * 300_000, "at most"),
        ("conv.zip", b"PK\x03\x04" + b"\0" * 100, "is damaged"),
        ("conv.py", b"PK\x03\x04" + b"\0" * 100, "zip archive"),
        ("conv.txt", CODE, "must end in .py"),
        ("conv.py", CODE + b"\0", "null byte"),
    ],
)
def test_a_file_that_cannot_be_graded_is_refused_and_nothing_is_stored(
    s: Session,
    published: CourseAssignment,
    conv: Assignment,
    student: Person,
    filename: str,
    content: bytes,
    reason: str,
):
    with pytest.raises(SubmissionRefused, match=reason):
        submissions.submit(s, published, conv, student, filename, content)

    assert count(s) == 0
    assert outbox.take(s) == []


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("conv.py", "conv.py"),
        ("C:\\Users\\ada\\conv.py", "conv.py"),
        ("../../etc/passwd.py", "passwd.py"),
        ("", "conv.py"),
        (".py", "conv.py"),
        ("Lösung.py", "L_sung.py"),
        ("04-conv.py", "conv_04_conv.py"),
        ("a\x00b\n.py", "ab.py"),
        ("x" * 300 + ".py", "x" * 100 + ".py"),
        ("CONV.PY", "CONV.py"),
    ],
)
def test_a_files_name_is_made_safe(filename: str, name: str):
    assert submissions.clean_filename(filename, "conv.py") == name


def test_line_ends_and_a_byte_order_mark_are_normalised(hand_in: HandIn):
    submission = hand_in(content=b"\xef\xbb\xbf" + CODE.replace(b"\n", b"\r\n"))

    assert submission.files[0].content == CODE.decode()


class TestTheDoor:
    @pytest.fixture
    def timed(self, s: Session, course: Course, conv: Assignment) -> CourseAssignment:
        return courses.publish(s, course, conv, opens_at=NOW, due_at=NOW + HOUR, points=None)

    def test_before_it_opens_nothing_is_accepted(
        self, s: Session, timed: CourseAssignment, conv: Assignment, student: Person
    ):
        with pytest.raises(SubmissionRefused, match="opens on 02 March 2026 at 12:00 UTC"):
            submissions.submit(s, timed, conv, student, "conv.py", CODE, now=NOW - HOUR)

    def test_what_is_not_published_accepts_nothing(
        self, s: Session, timed: CourseAssignment, conv: Assignment, student: Person
    ):
        timed.is_visible = False

        with pytest.raises(SubmissionRefused, match="not published"):
            submissions.submit(s, timed, conv, student, "conv.py", CODE, now=NOW)

    def test_a_stranger_is_refused(self, s: Session, timed: CourseAssignment, conv: Assignment):
        stranger = accounts.create_person(s, "999999")

        with pytest.raises(SubmissionRefused, match="not in this course"):
            submissions.submit(s, timed, conv, stranger, "conv.py", CODE, now=NOW)

    def test_a_lecturer_tries_it_before_it_opens(
        self, s: Session, timed: CourseAssignment, conv: Assignment, lecturer: Person
    ):
        timed.is_visible = False

        assert submissions.submit(s, timed, conv, lecturer, "conv.py", CODE, now=NOW - HOUR).id

    @pytest.mark.parametrize(("delay", "is_late"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
    def test_after_the_due_time_it_is_accepted_and_marked_late(
        self, s: Session, timed: CourseAssignment, conv: Assignment, student: Person, delay: timedelta, is_late: bool
    ):
        submission = submissions.submit(s, timed, conv, student, "conv.py", CODE, now=NOW + HOUR + delay)

        assert submission.is_late is is_late


class TestWaiting:
    def test_a_fourth_waiting_submission_is_refused(self, s: Session, hand_in: HandIn):
        for _ in range(3):
            hand_in()

        with pytest.raises(SubmissionRefused, match="3 of your submissions for this assignment are still being graded"):
            hand_in()
        assert count(s) == 3

    def test_one_that_is_graded_makes_room(self, s: Session, hand_in: HandIn, make_result):
        first, _, _ = hand_in(), hand_in(), hand_in()
        grading.record(s, make_result(), first.id, 1)

        assert hand_in().id

    def test_a_lecturers_regrades_take_nobodys_place(self, s: Session, hand_in: HandIn, make_result):
        graded = [hand_in(), hand_in(), hand_in()]
        for submission in graded:
            grading.record(s, make_result(), submission.id, 1)
            grading.regrade(s, submission)

        assert hand_in().id

    def test_uploads_at_once_count_each_other(
        self,
        s: Session,
        published: CourseAssignment,
        conv: Assignment,
        student: Person,
        sessions: sessionmaker[Session],
    ):
        def upload(_: int) -> bool:
            with sessions() as own:
                place, person = own.get_one(CourseAssignment, published.id), own.get_one(Person, student.id)
                try:
                    submissions.submit(own, place, conv, person, "conv.py", CODE)
                except SubmissionRefused:
                    return False
                own.commit()
                return True

        with ThreadPoolExecutor(8) as pool:
            accepted = list(pool.map(upload, range(8)))

        assert accepted.count(True) == count(s) == 3


class TestQueuePosition:
    def test_the_earliest_is_next(self, s: Session, hand_in: HandIn):
        first, second = hand_in(NOW), hand_in(NOW + timedelta(seconds=1))

        assert [submissions.queue_position(s, each) for each in (first, second)] == [1, 2]

    def test_those_of_the_same_moment_are_told_apart(self, s: Session, hand_in: HandIn):
        first, second = hand_in(NOW), hand_in(NOW)

        assert [submissions.queue_position(s, each) for each in (first, second)] == [1, 2]

    def test_what_does_not_wait_has_none(self, s: Session, hand_in: HandIn, make_result):
        first, second = hand_in(NOW), hand_in(NOW)
        grading.record(s, make_result(), first.id, 1)

        assert [submissions.queue_position(s, each) for each in (first, second)] == [0, 1]

    def test_the_other_queue_is_not_counted(self, s: Session, hand_in: HandIn):
        first, second = hand_in(NOW), hand_in(NOW + timedelta(seconds=1))
        first.queue = GRADE_GPU

        assert submissions.queue_position(s, second) == 1


def test_history_is_the_persons_own_newest_first(
    s: Session, hand_in: HandIn, published: CourseAssignment, student: Person, lecturer: Person
):
    first, second = hand_in(NOW), hand_in(NOW + HOUR)
    hand_in(NOW, lecturer)

    assert submissions.history(s, published, student) == [second, first]


@pytest.mark.parametrize("number", [0, -1, 7, 2**31, 10**30])
def test_an_unknown_submission_is_not_found(s: Session, number: int):
    assert submissions.get(s, number) is None

"""The lecturer's pages of results, the decisions about questions, and a student's own result."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from sqlalchemy.orm import Session

from server.models import Course, CourseQuestion, Mode, Numbers, Person, QuizEvent, QuizSession, utcnow
from server.services.quizzes.clock import Phase
from server.services.quizzes.results import marks
from server.views.quiz_device import COOKIE
from tests.server import quiz_parts as parts

DEVICE = "device-of-the-test-1"


@pytest.fixture(scope="module")
def assignments_root(tmp_path_factory: pytest.TempPathFactory):
    """A bank of one question."""
    root = tmp_path_factory.mktemp("bank-of-results")
    parts.write_bank(root, [parts.single("q1")])
    return root


@pytest.fixture
def session(s: Session, course: Course, people: dict[str, Person]) -> QuizSession:
    """Ada (100001) has the first question right, Grace (100002) picked another option; she alone typed a number."""
    quiz = parts.make_quiz(s, course, [parts.single(), parts.numeric()], numbers=Numbers.SAME)
    session = parts.make_session(s, quiz, phase=Phase.CLOSED, shuffles_questions=False, shuffles_options=False)
    ada = parts.join(s, session, "100001", people["ada"], device=DEVICE)
    grace = parts.join(s, session, "100002", people["grace"])
    parts.answer(s, ada, 0, (1,))
    parts.answer(s, grace, 0, (0,))
    parts.answer(s, grace, 1, text="2")
    s.commit()
    return session


def results(session: QuizSession, rest: str = "") -> str:
    return f"/courses/cnn-2026/quizzes/sessions/{session.id}/results/{rest}"


def question(session: QuizSession, position: int = 0, rest: str = "") -> str:
    return results(session, f"questions/{session.items[position].id}/{rest}")


def result(session: QuizSession) -> str:
    return f"/q/{session.code}/result"


def release(s: Session, session: QuizSession) -> None:
    session.results_released_at = utcnow()
    s.commit()


def pages_of(session: QuizSession) -> list[str]:
    who = session.participants[0].id
    return [
        results(session),
        results(session, f"participants/{who}"),
        results(session, "export?format=csv"),
        question(session),
    ]


def posts_of(session: QuizSession) -> list[str]:
    return [results(session, "release"), results(session, "withhold")] + [
        question(session, 0, rest) for rest in ("preview", "decide")
    ]


@pytest.mark.parametrize("name", ["ada", "stranger"])
def test_only_the_courses_lecturers_see_results_and_decide(signed_in, session, name):
    visitor = signed_in(name)
    for path in pages_of(session):
        assert visitor.get(path).status_code == 404
    for path in posts_of(session):
        assert visitor.post(path, {"remedy": "dropped", "reason": "?"}, page="/").status_code == 404


def test_a_lecturer_and_an_administrator_see_every_page(signed_in, session):
    for name in ("lecturer", "root"):
        for path in pages_of(session):
            assert signed_in(name).get(path).status_code == 200


def test_whoever_is_not_signed_in_is_sent_to_sign_in(visitor, session):
    for path in pages_of(session):
        assert visitor.get(path).status_code == 302


def test_a_session_of_another_course_is_not_found_through_this_one(teacher, s, session):
    from server.services import courses

    other = courses.create_course(s, "third-2026", "A third course")
    elsewhere = parts.make_session(s, parts.make_quiz(s, other, 1), phase=Phase.CLOSED)
    participant = parts.join(s, elsewhere, "9")
    s.commit()
    assert teacher.get(results(elsewhere)).status_code == 404
    assert teacher.get(results(session, f"questions/{elsewhere.items[0].id}/")).status_code == 404
    assert teacher.get(results(session, f"participants/{participant.id}")).status_code == 404
    assert teacher.get(results(session, "participants/99999999999999")).status_code == 404
    assert teacher.get("/courses/cnn-2026/quizzes/sessions/99999999999999/results/").status_code == 404


def test_the_page_shows_the_figures_and_says_undefined_where_they_are(teacher, session):
    page = teacher.text(results(session))
    assert "2 took part" in page
    assert "undefined" in page
    assert "nan" not in re.sub(r"[a-z]*nan[a-z]+|[a-z]+nan", "", page.lower())
    assert "Not released" in page
    assert "100001" in page


def test_names_are_shown_nowhere(teacher, session):
    for path in pages_of(session):
        assert "Ada" not in teacher.text(path)
        assert "Grace" not in teacher.text(path)


def test_a_session_that_nobody_joined_says_so(teacher, s, course):
    empty = parts.make_session(s, parts.make_quiz(s, course, 2), phase=Phase.CLOSED)
    s.commit()
    assert "Nobody has joined" in teacher.text(results(empty))
    assert teacher.get(question(empty)).status_code == 200


def test_running_results_say_that_they_will_change_and_cannot_be_released(teacher, s, course):
    running = parts.make_session(s, parts.make_quiz(s, course, 2))
    parts.join(s, running)
    s.commit()
    assert "Somebody can still answer" in teacher.text(results(running))
    teacher.post(results(running, "release"), page=results(running))
    s.refresh(running)
    assert running.results_released_at is None
    assert "Somebody can still answer. Release" in teacher.text(results(running))


def test_results_are_released_and_taken_back(teacher, s, session):
    state = re.search(r'name="state" value="(\w+)"', teacher.text(results(session))).group(1)
    teacher.post(results(session, "release"), {"state": state}, page=results(session))
    s.refresh(session)
    assert session.results_released_at is not None
    teacher.post(results(session, "release"), {"state": state}, page=results(session))
    assert "Nothing was changed" in teacher.text(results(session))
    teacher.post(results(session, "withhold"), page=results(session))
    s.refresh(session)
    assert session.results_released_at is None


def test_the_export_has_numbers_and_marks_and_names_only_where_asked_for(teacher, session):
    response = teacher.get(results(session, "export?format=csv"))
    assert response.mimetype == "text/csv"
    assert f"quiz-{session.code}" in response.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert rows[0] == ["number", "Q1 About single /1", "Q2 About numeric /1", "total", "max", "percent"]
    assert rows[1] == ["100001", "1", "0", "1", "2", "50"]
    named = teacher.get(results(session, "export?format=csv&names=1")).data.decode("utf-8-sig")
    assert "100001,Ada," in named


def test_the_export_opens_as_a_spreadsheet(teacher, session):
    response = teacher.get(results(session, "export?format=xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
    assert [cell.value for cell in sheet[2]] == ["100001", 1, 0, 1, 2, 50]


@pytest.mark.parametrize("rest", ["export?format=pdf", "export?format=../../x"])
def test_another_format_is_not_found(teacher, session, rest):
    assert teacher.get(results(session, rest)).status_code == 404


def test_a_question_shows_who_picked_what(teacher, session):
    page = teacher.text(question(session))
    assert "It rests." in page
    assert "secret reason" in page
    rested = page[page.index("It rests.") : page.index("It moves.")]
    assert "100002" in rested
    assert "100001" not in rested


def test_a_participants_page_shows_their_answers(teacher, session):
    page = teacher.text(results(session, f"participants/{session.participants[1].id}"))
    assert "It rests." in page
    assert "Chosen" in page
    assert ">2<" in page


def decision(teacher, session, position=0, **fields):
    """What the form on a question's page sends."""
    page = teacher.text(question(session, position))
    stamp = re.search(r'name="stamp" value="(\w+)"', page).group(1)
    return {"stamp": stamp, "remedy": "key", "right": ["0", "1"], "reason": "Both can be read so."} | fields


def test_a_decision_is_looked_at_before_it_is_made(teacher, s, session):
    fields = decision(teacher, session)
    looked = teacher.post(question(session, 0, "preview"), fields, page=question(session))
    assert looked.status_code == 200
    assert "1 of 2 results would change" in looked.text
    assert "100002" in looked.text
    assert "+1" in looked.text
    assert marks(s, session).totals.tolist() == [1.0, 0.0]
    done = teacher.post(question(session, 0, "decide"), fields, page=question(session))
    assert done.status_code == 303
    s.expire_all()
    assert marks(s, session).totals.tolist() == [1.0, 1.0]
    page = teacher.text(results(session))
    assert "Both can be read so." in page
    assert "Right: A, B" in page
    assert "lecturer" in page
    assert "the result of 1 student changed" in page


def test_a_form_that_is_refused_keeps_what_was_typed(teacher, s, session):
    fields = decision(teacher, session, reason="", right=["0", "2"])
    refused = teacher.post(question(session, 0, "preview"), fields, page=question(session))
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert re.search(r'value="2" id="right-2" checked', refused.text)
    assert re.search(r'value="key" id="remedy-key" checked', refused.text)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"remedy": ""}, "Choose what is to be done"),
        ({"remedy": "nonsense"}, "Choose what is to be done"),
        ({"right": []}, "at least one option"),
        ({"right": ["1"]}, "right already"),
        ({"remedy": "undo"}, None),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_on_the_page(teacher, session, changes, words):
    fields = decision(teacher, session, **changes)
    answer = teacher.post(question(session, 0, "preview"), fields, page=question(session))
    if words is None:
        answer = teacher.post(question(session, 0, "decide"), fields, page=question(session))
        words = "no correction to undo"
    assert answer.status_code == 422
    assert words in answer.text


def corrected_page(teacher, session) -> str:
    sent = decision(teacher, session)
    assert teacher.post(question(session, 0, "decide"), sent, page=question(session)).status_code == 303
    return teacher.text(question(session))


def test_a_correction_names_the_courses_question_that_is_still_as_it_was_asked(teacher, s, course, session):
    record = CourseQuestion(course=course, name="single", definition=parts.single())
    s.add(record)
    s.commit()
    assert "still as it was asked" not in teacher.text(question(session))
    page = corrected_page(teacher, session)
    assert "for this session alone" in page
    assert 'href="/courses/cnn-2026/questions/own/single/"' in page
    record.definition = parts.single() | {"option": [{"text": "It rests.", "right": True}, {"text": "It moves."}]}
    s.commit()
    assert "still as it was asked" not in teacher.text(question(session))


def test_a_correction_names_the_file_of_a_question_of_the_bank(teacher, s, session):
    session.items[0].origin, session.items[0].definition = "04-conv-forward/q1", parts.single("q1")
    s.commit()
    page = corrected_page(teacher, session)
    assert "<code>q1</code> in <code>04-conv-forward/quiz.toml</code>" in page
    assert 'href="/courses/cnn-2026/questions/04-conv-forward/q1/"' in page


def test_a_correction_of_a_question_that_nobody_has_any_more_names_none(teacher, session):
    assert "still as it was asked" not in corrected_page(teacher, session)


def test_who_saw_an_older_state_is_told(teacher, session):
    fields = decision(teacher, session)
    teacher.post(question(session, 0, "decide"), fields, page=question(session))
    late = teacher.post(question(session, 0, "decide"), fields | {"right": ["2"]}, page=question(session))
    assert late.status_code == 422
    assert "in the meantime" in late.text


def test_a_decision_is_undone(teacher, s, session):
    for fields in ({"remedy": "full_marks"}, {"remedy": "undo", "reason": "A mistake of mine."}):
        sent = decision(teacher, session, **fields)
        assert teacher.post(question(session, 0, "decide"), sent, page=question(session)).status_code == 303
    s.expire_all()
    assert session.items[0].correction is None
    assert "A mistake of mine." in teacher.text(results(session))


@pytest.mark.parametrize(("number", "tolerance"), [("1,5", "0,5"), ("1.5", "1/2"), ("3/2", "0.5")])
def test_another_number_is_accepted_however_it_is_written(teacher, s, session, number, tolerance):
    fields = decision(teacher, session, 1, value=[number, ""], tolerance=[tolerance, ""], percent=["", ""])
    sent = teacher.post(question(session, 1, "decide"), fields, page=question(session))
    assert sent.status_code == 303
    s.expire_all()
    assert marks(s, session).totals.tolist() == [1.0, 1.0]


def test_a_number_that_is_none_is_refused(teacher, session):
    fields = decision(teacher, session, 1, value=["1,500"], tolerance=[""], percent=[""])
    refused = teacher.post(question(session, 1, "preview"), fields, page=question(session))
    assert refused.status_code == 422
    assert 'value="1,500"' in refused.text
    fields = decision(teacher, session, 1, value=["1"], tolerance=[""], percent=["lots"])
    assert "no percentage" in teacher.post(question(session, 1, "preview"), fields, page=question(session)).text


def test_practice_shows_attempts(teacher, s, course):
    from server.models import PracticeAnswer

    practice = parts.make_session(s, parts.make_quiz(s, course, [parts.single()]), Mode.PRACTICE)
    s.commit()
    assert "Nobody has practised yet" in teacher.text(results(practice))
    s.add(PracticeAnswer(item_id=practice.items[0].id, seed=0, picked=[0], fraction=0.0))
    s.commit()
    page = teacher.text(results(practice))
    assert "1 attempt" in page
    assert "It rests." in page
    assert teacher.get(results(practice, "export?format=csv")).status_code == 404


def test_a_student_sees_nothing_before_the_release(ada, session):
    page = ada.text(result(session))
    assert "not released yet" in page
    for secret in (*parts.SECRETS, "It rests.", "1 / 2"):
        assert secret not in page


def test_a_student_sees_their_own_result_after_it(ada, signed_in, s, session):
    release(s, session)
    page = ada.text(result(session))
    for shown in ("It moves.", "secret reason", "secret explanation", "Your choice", "100001"):
        assert shown in page
    assert re.search(r"<strong>1</strong>", page)
    other = signed_in("grace").text(result(session))
    assert re.search(r"<strong>0</strong>", other)
    assert "100001" not in other


def test_taking_results_back_hides_them_again(ada, s, session):
    release(s, session)
    session.results_released_at = None
    s.commit()
    assert "secret" not in ada.text(result(session))


def test_a_correction_is_told_with_its_reason(ada, teacher, s, session):
    release(s, session)
    sent = decision(teacher, session, remedy="dropped", right=[], reason="Two readings.")
    assert teacher.post(question(session, 0, "decide"), sent, page=question(session)).status_code == 303
    page = ada.text(result(session))
    assert "taken out after the quiz" in page
    assert "Two readings." in page
    assert "Does not count" in page


def with_device(app, visitor, session, number: str, device: str):
    """A browser that holds the cookie of a device."""
    from server.views.quiz_device import token_of

    participant = next(each for each in session.participants if each.number == number)
    with app.app_context():
        token = token_of(session, participant, device)
    visitor.client.set_cookie(COOKIE, token, path=f"/q/{session.code}")
    return visitor


def test_the_device_that_answered_sees_its_result_without_signing_in(app, visitor, s, session):
    release(s, session)
    page = with_device(app, visitor, session, "100001", DEVICE).text(result(session))
    assert "Your choice" in page


def test_a_device_that_lost_its_place_sees_nothing(app, visitor, s, session):
    release(s, session)
    response = with_device(app, visitor, session, "100001", "another-device-of-old").get(result(session))
    assert response.status_code == 404
    assert "secret" not in response.text
    assert "100001" not in response.text


def test_a_visitor_without_a_device_sees_nothing(visitor, signed_in, s, session):
    release(s, session)
    for somebody in (visitor, signed_in("stranger"), signed_in("lecturer")):
        response = somebody.get(result(session))
        assert response.status_code == 404
        assert "secret" not in response.text
    assert visitor.get("/q/NOSUCH/result").status_code == 404


def test_who_can_still_answer_is_sent_back_to_the_quiz(app, visitor, s, course, people):
    running = parts.make_session(s, parts.make_quiz(s, course, 1), released=True)
    parts.join(s, running, "100001", people["ada"], device=DEVICE)
    s.commit()
    page = with_device(app, visitor, running, "100001", DEVICE).text(result(running))
    assert "not over" in page
    assert "secret" not in page


def test_the_first_page_lists_the_quizzes_that_a_student_took(ada, signed_in, s, session):
    page = ada.text("/")
    assert "Kernels and strides" in page
    assert "Not released yet" in page
    release(s, session)
    assert f'href="{result(session)}"' in ada.text("/")
    assert "Answers and explanations" in ada.text("/")
    assert "Quizzes taken" not in signed_in("lecturer").text("/")


def test_the_gradebook_has_a_column_for_the_quiz(teacher, s, session, people):
    page = teacher.text("/courses/cnn-2026/gradebook")
    assert "not released" in page
    row = next(found for found in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if ">100001</bdi>" in found)
    assert re.search(rf'{results(session, "participants/")}\d+">1</a>', row)
    rows = list(csv.reader(io.StringIO(teacher.get("/courses/cnn-2026/gradebook.csv").data.decode("utf-8-sig"))))
    assert rows[0][-2:] == ["quiz Kernels and strides (2)", "total (2)"]
    assert rows[1][-2:] == ["1", "1"]
    work = teacher.text(f"/courses/cnn-2026/people/{people['ada'].id}")
    assert "Kernels and strides" in work


def test_the_record_holds_who_decided(teacher, s, session, people):
    teacher.post(question(session, 0, "decide"), decision(teacher, session), page=question(session))
    event = s.query(QuizEvent).filter_by(kind="corrected").one()
    assert event.person_id == people["lecturer"].id
    assert event.details["reason"] == "Both can be read so."

"""Signing in by password and by code, signing out, changing the password."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from server.models import Person
from server.services import accounts

PASSWORD = "correct horse battery"
HOME = "/courses/cnn-2026/gradebook"


def test_the_first_page_of_a_stranger_is_the_sign_in_page(visitor):
    response = visitor.get("/")
    assert response.status_code == 302
    assert response.location == "/sign-in"


def test_sign_in_leads_to_my_courses(visitor, people):
    response = visitor.sign_in("100001")
    assert response.status_code == 302
    assert response.location == "/"
    assert "My courses" in visitor.text("/")


def test_sign_in_takes_no_notice_of_capitals_in_the_number(visitor, people):
    assert visitor.sign_in("LECTURER").status_code == 302


@pytest.mark.parametrize(
    ("number", "password"), [("100001", "wrong password"), ("nobody", PASSWORD), ("", PASSWORD), ("100001", "")]
)
def test_sign_in_refuses_what_does_not_fit_and_keeps_the_number(visitor, people, number, password):
    response = visitor.sign_in(number, password)
    assert response.status_code == 422
    assert f'value="{number}"' in response.text
    assert password == "" or password not in response.text
    assert visitor.get("/").status_code == 302


def test_sign_in_refuses_a_person_who_is_not_active(visitor, people, s: Session):
    people["ada"].is_active = False
    s.commit()
    assert visitor.sign_in("100001").status_code == 422


def test_a_session_ends_when_the_person_is_no_longer_active(ada, people, s: Session):
    people["ada"].is_active = False
    s.commit()
    assert ada.get("/").status_code == 302


def test_sign_in_leads_back_to_the_page_that_was_asked_for(visitor, people):
    asked = visitor.get(HOME)
    assert asked.location == "/sign-in?next=/courses/cnn-2026/gradebook"
    form = re.search(r'action="(/sign-in\?[^"]+)"', visitor.text(asked.location)).group(1)
    response = visitor.post(form, {"number": "lecturer", "password": PASSWORD})
    assert response.location == HOME


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "evil.example",
        "http:evil.example",
        " //evil.example",
    ],
)
def test_sign_in_never_leads_to_another_site(visitor, people, target):
    token = visitor.token()
    response = visitor.client.post(
        "/sign-in",
        query_string={"next": target},
        data={"csrf_token": token, "number": "100001", "password": PASSWORD},
    )
    assert response.location == "/"


def test_sign_in_begins_a_new_session(visitor, people):
    visitor.get("/sign-in")
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    before = visitor.token()
    visitor.sign_in("100001")
    with visitor.client.session_transaction() as session:
        assert "planted" not in session
        assert session.permanent
    response = visitor.client.post("/sign-out", data={"csrf_token": before})
    assert response.status_code == 302
    assert visitor.get("/").status_code == 200, "the token from before the sign-in must be void"


def test_sign_out_ends_the_session(ada):
    assert ada.post("/sign-out", page="/").location == "/sign-in"
    assert ada.get("/").status_code == 302


def test_sign_out_by_a_link_is_impossible(ada):
    assert ada.get("/sign-out").status_code == 405
    assert ada.get("/").status_code == 200


def test_a_forged_session_is_nobodys(visitor, people):
    with visitor.client.session_transaction() as session:
        session["_user_id"] = f"{people['ada'].id}.999"
    assert visitor.get("/").status_code == 302
    with visitor.client.session_transaction() as session:
        session["_user_id"] = "drop table"
    assert visitor.get("/").status_code == 302


def test_a_code_signs_in_once_and_asks_for_a_password(app, visitor, people, s: Session):
    code = accounts.issue_code(s, people["ada"])
    s.commit()
    response = visitor.post("/sign-in/code", {"code": code.lower().replace("-", " ")})
    assert response.location == "/password?next=/"
    page = visitor.text("/password")
    assert "Choose a password" in page
    assert "Current password" not in page
    again = type(visitor)(app).post("/sign-in/code", {"code": code})
    assert again.status_code == 422
    assert "not valid" in again.text


def test_whoever_came_by_code_chooses_a_password_without_the_old_one(visitor, people, s: Session):
    code = accounts.issue_code(s, people["ada"])
    s.commit()
    visitor.post("/sign-in/code", {"code": code})
    response = visitor.post("/password", {"new": "a new long one", "again": "a new long one"}, page="/password")
    assert response.status_code == 302
    assert "Current password" in visitor.text("/password"), "the next change asks for it"
    s.expire_all()
    assert accounts.authenticate(s, "100001", "a new long one") is not None


def test_a_wrong_code_is_refused_and_stays_in_sight(visitor, people):
    response = visitor.post("/sign-in/code", {"code": "ABCD-EFGH-JKMN"})
    assert response.status_code == 422
    assert 'value="ABCD-EFGH-JKMN"' in response.text
    assert re.search(r'<details class="card-box code-box" open', response.text)


def change(visitor, current: str = PASSWORD, new: str = "another long one", again: str | None = None):
    return visitor.post(
        "/password", {"current": current, "new": new, "again": new if again is None else again}, page="/password"
    )


def test_a_changed_password_signs_out_every_other_session(signed_in, people):
    here, elsewhere = signed_in("ada"), signed_in("ada")
    assert change(here).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"current": "not mine"}, "not your current password"),
        ({"new": "short"}, "at least 8 characters"),
        ({"new": "100001", "again": "100001"}, "at least 8"),
        ({"again": "something else"}, "The two entries differ"),
        ({"new": "password"}, "first that anybody would try"),
    ],
)
def test_a_password_that_is_refused_changes_nothing(ada, people, s: Session, fields, words):
    response = change(ada, **fields)
    assert response.status_code == 422
    assert words in response.text
    assert accounts.authenticate(s, "100001", PASSWORD) is not None


def test_guessing_is_limited_for_that_number_alone(app, visitor, people):
    for _ in range(10):
        assert visitor.sign_in("100001", "a guess").status_code == 422
    limited = visitor.sign_in("100001")
    assert limited.status_code == 429
    assert "10 per 1 minute" in limited.text
    assert visitor.sign_in("100002").status_code == 302


def test_a_class_behind_one_address_signs_in_within_a_minute(app, visitor, people):
    for _ in range(15):
        assert type(visitor)(app).sign_in("100001").status_code == 302


def test_an_old_sign_in_page_is_shown_again_with_the_reason(visitor, people: dict[str, Person]):
    response = visitor.client.post("/sign-in", data={"number": "100001", "password": PASSWORD}, follow_redirects=True)
    assert response.status_code == 200
    assert "too old" in response.text

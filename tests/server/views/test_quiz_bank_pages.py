"""The lecturer's pages of questions: finding, looking, writing, copying, deleting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from server.quiz.beginnings import BEGINNINGS
from server.quiz.functions import FUNCTIONS
from server.quiz.question import Kind
from server.quiz.source import read_question, write_questions
from tests.server.quiz.questions import MULTIPLE, NUMERIC, SINGLE, TRUE_FALSE, question

PAGE = "/courses/cnn-2026/questions/"
TEXT = write_questions([question()])


@pytest.fixture(autouse=True)
def questions_in_folders(assignments_root: Path, app) -> Iterator[None]:
    """Questions beside the pooling, and questions alone for a topic that has no assignment."""
    alone = assignments_root / "15-inception"
    alone.mkdir()
    (alone / "quiz.toml").write_text(write_questions([question(SINGLE), question(NUMERIC)], "Inception & more"))
    (assignments_root / "08-pooling" / "quiz.toml").write_text(
        write_questions([question(TRUE_FALSE), question(MULTIPLE)])
    )
    yield
    (alone / "quiz.toml").unlink()
    alone.rmdir()
    (assignments_root / "08-pooling" / "quiz.toml").unlink()


def save(teacher, text: str = TEXT, page: str = f"{PAGE}new", **fields):
    return teacher.post(page, {"text": text, **fields}, page=page)


def typed(html: str) -> str:
    return unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL).group(1))


def test_every_topic_is_listed_with_what_its_questions_are(teacher):
    page = teacher.text(PAGE)
    for words in (
        "Pooling",
        "Inception &amp; more",
        "Output size of a convolution",
        "Single choice",
        "Q22",
        "4 questions",
    ):
        assert words in page
    assert page.count("Numbers drawn") == 2
    assert "Max pooling has trainable parameters." in page, "without a title, the first words stand for it"


def test_the_list_is_narrowed_down_by_the_address(teacher):
    page = teacher.text(f"{PAGE}?text=convolution&kind=single&difficulty=2&topic=15-inception")
    assert "1 of 4 questions" in page
    assert "Max pooling" not in page
    assert 'value="convolution"' in page
    assert re.search(r'<option value="single" selected>', page)
    assert re.search(r"export\?topic=15-inception&amp;kind=single&amp;difficulty=2&amp;text=convolution", page)


@pytest.mark.parametrize("query", ["?kind=essay", "?difficulty=9", "?difficulty=two", "?text=+", "?nothing=1"])
def test_what_an_address_cannot_mean_narrows_nothing(teacher, query):
    assert "4 questions" in teacher.text(PAGE + query)


def test_a_search_without_a_result_says_what_to_do(teacher):
    page = teacher.text(f"{PAGE}?text=nosuchword")
    assert "No question is like this." in page
    assert "Export" not in page


def test_a_broken_file_is_said_and_hides_its_folder_alone(teacher, assignments_root):
    path = assignments_root / "15-inception" / "quiz.toml"
    path.write_text(path.read_text().replace('kind = "single"', 'kind = "<b>essay</b>"'))
    page = teacher.text(PAGE)
    assert "The questions of 15-inception cannot be used." in page
    assert "<b>essay" not in page
    assert "2 questions" in page


def test_a_question_is_shown_with_key_reasons_and_source(teacher):
    page = teacher.text(f"{PAGE}15-inception/output-size/?seed=7")
    for words in ("Draw 7", "D2 L129-135", "The + 1 is missing.", "Explanation", "Right", "Wrong", "one step"):
        assert words in page
    assert "seed=8" in page, "the next draw"
    assert re.search(r"<dt><code>n</code></dt><dd>32</dd>", page)
    assert "id = &#34;output-size&#34;" in page


def test_another_seed_draws_other_numbers_and_the_same_seed_the_same(teacher):
    drawn = [teacher.text(f"{PAGE}15-inception/output-size/?seed={seed}") for seed in (7, 8, 7)]
    # A form's token has the second in which it was made.
    pages = [re.sub(r'name="csrf_token" value="[^"]+"', "", page) for page in drawn]
    assert pages[0] == pages[2] != pages[1]


@pytest.mark.parametrize("seed", ["x", "-1", "9" * 50, "", "٣", "1.5"])
def test_a_seed_that_is_none_is_the_first(teacher, seed):
    assert "Draw 0" in teacher.text(f"{PAGE}15-inception/output-size/?seed={seed}")


def test_a_question_without_numbers_has_nothing_to_draw_again(teacher):
    page = teacher.text(f"{PAGE}08-pooling/pooling-learns/")
    assert "Draw again" not in page
    assert "the same for everybody" in page


def test_a_numeric_question_shows_what_is_accepted_and_the_mistakes(teacher):
    page = teacher.text(f"{PAGE}15-inception/weights/")
    assert "Known mistake" in page
    assert "The channels are missing." in page


@pytest.mark.parametrize(
    "path", ["15-inception/nothing/", "99-nothing/output-size/", "own/nothing/", "own/nothing/edit", "../output-size/"]
)
def test_a_question_that_is_not_there_is_not_found(teacher, path):
    assert teacher.get(PAGE + path).status_code == 404


@pytest.mark.parametrize("kind", Kind)
def test_the_form_begins_with_a_question_of_the_kind_that_can_be_saved(teacher, kind):
    page = teacher.text(f"{PAGE}new?kind={kind.value}")
    assert typed(page).replace("\r\n", "\n").strip() == BEGINNINGS[kind].strip()
    assert 'id="preview-drawn"' in page
    response = save(teacher, BEGINNINGS[kind])
    assert response.status_code == 303
    name = read_question(BEGINNINGS[kind]).id
    assert response.location.endswith(f"/questions/own/{name}/")
    assert f"{name} is saved." in teacher.text(response.location)


def test_the_form_explains_every_function(teacher):
    page = teacher.text(f"{PAGE}new")
    for name in FUNCTIONS:
        assert f"<code>{name}</code>" in page


def test_a_saved_question_is_edited_where_it_stands(teacher):
    save(teacher)
    page = f"{PAGE}own/output-size/edit"
    assert 'title = "Output size of a convolution"' in typed(teacher.text(page))
    response = save(teacher, TEXT.replace("Output size of a convolution", "Sizes"), page)
    assert "Sizes" in teacher.text(response.location)
    assert "5 questions" in teacher.text(PAGE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT.replace('kind = "single"', 'kind = "<i>essay</i>"'), "is none of single, multiple"),
        (TEXT.replace("[[question]]", "[[question]"), "line 1"),
        (TEXT.replace('"<<out - 1>>"', '"<<out>>"'), "options 1 and 2 are alike"),
        ("", "The text must have one [[question]], not 0."),
    ],
)
def test_a_refused_question_stays_in_the_form_with_the_reason(teacher, text, message):
    response = save(teacher, text)
    assert response.status_code == 422
    assert message in unescape(response.text)
    assert typed(response.text).replace("\r\n", "\n").strip() == text.strip()
    assert "<i>" not in response.text
    assert 'aria-invalid="true"' in response.text


def test_an_id_that_is_taken_is_refused_and_nothing_is_overwritten(teacher):
    save(teacher)
    response = save(teacher, TEXT.replace("Output size of a convolution", "Another"))
    assert response.status_code == 422
    assert "has a question output-size already" in response.text
    assert "Another" not in teacher.text(f"{PAGE}own/output-size/")


def test_without_a_script_the_preview_is_a_button(teacher):
    response = save(teacher, TEXT, preview="1")
    assert response.status_code == 200
    assert 'id="preview-drawn"' in response.text
    assert typed(response.text).strip() == TEXT.strip()
    assert teacher.get(f"{PAGE}own/output-size/").status_code == 404, "nothing is saved"


def test_the_preview_is_a_part_of_a_page(teacher):
    good = teacher.post(f"{PAGE}preview", {"text": TEXT, "seed": "7"}, page=f"{PAGE}new")
    assert good.status_code == 200
    assert "<html" not in good.text
    assert 'data-varies="true"' in good.text
    bad = teacher.post(f"{PAGE}preview", {"text": TEXT.replace("single", "<i>")}, page=f"{PAGE}new")
    assert bad.status_code == 200
    assert 'id="preview-problem"' in bad.text
    assert "<i>" not in bad.text


def test_a_text_with_markup_is_shown_not_run(teacher):
    text = TEXT.replace("What is the side", "<script>alert(1)</script> What is the side")
    response = save(teacher, text)
    page = teacher.text(response.location)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_question_of_the_bank_is_copied_to_be_changed(teacher):
    page = f"{PAGE}15-inception/output-size/"
    response = teacher.post(f"{page}copy", page=page)
    assert response.status_code == 303
    assert response.location.endswith("/questions/own/output-size/edit")
    assert "Copied from 15-inception/output-size" in teacher.text(f"{PAGE}own/output-size/")
    again = teacher.post(f"{PAGE}own/output-size/copy", page=f"{PAGE}own/output-size/")
    assert again.location.endswith("/questions/own/output-size-2/edit")


def test_an_own_question_is_deleted_and_one_of_the_bank_cannot_be(teacher):
    save(teacher)
    response = teacher.post(f"{PAGE}own/output-size/delete", page=f"{PAGE}own/output-size/")
    assert response.status_code == 303
    assert "output-size is deleted." in teacher.text(PAGE)
    assert teacher.get(f"{PAGE}own/output-size/").status_code == 404
    assert teacher.post(f"{PAGE}own/output-size/delete", page=PAGE + "new").status_code == 404
    assert teacher.post(f"{PAGE}15-inception/output-size/delete", page=PAGE + "new").status_code == 404


@pytest.mark.parametrize("path", ["", "15-inception/output-size/", "new", "own/output-size/", "own/output-size/edit"])
@pytest.mark.parametrize("name", ["ada", "stranger"])
def test_no_student_and_no_stranger_sees_a_question(teacher, signed_in, path, name):
    save(teacher)
    assert signed_in(name).get(PAGE + path).status_code == 404


@pytest.mark.parametrize("path", ["new", "preview", "15-inception/output-size/copy", "own/output-size/delete"])
def test_no_student_changes_one(teacher, ada, path):
    save(teacher)
    assert ada.post(PAGE + path, {"text": TEXT}).status_code == 404
    assert "Output size" in teacher.text(f"{PAGE}own/output-size/")


@pytest.mark.parametrize("path", ["new", "preview", "15-inception/output-size/copy", "own/output-size/delete"])
def test_a_form_without_its_token_changes_nothing(teacher, path):
    save(teacher)
    assert teacher.client.post(PAGE + path, data={"text": TEXT}).status_code == 400
    assert "5 questions" in teacher.text(PAGE)


def test_who_is_not_signed_in_is_asked_to(visitor, people):
    response = visitor.get(PAGE)
    assert response.status_code == 302
    assert "/sign-in" in response.location


def test_a_course_without_any_question_says_how_to_begin(teacher, assignments_root):
    for folder in ("15-inception", "08-pooling"):
        (assignments_root / folder / "quiz.toml").rename(assignments_root / folder / "kept.toml")
    try:
        page = teacher.text(PAGE)
    finally:
        for folder in ("15-inception", "08-pooling"):
            (assignments_root / folder / "kept.toml").rename(assignments_root / folder / "quiz.toml")
    assert "Write the first question" in page
    assert 'id="question-filter"' not in page

"""Socrative's spreadsheet: one sheet, a question a row from row 7 on.

Columns: A type, B question, C to G answers, H to L letters of the right answers, M explanation; the quiz's name is in
B3. It holds single choice, several right options (all or nothing, as Socrative scores them), true or false as a
choice of True and False, and numbers without tolerance as open-ended questions. Texts are plain, with formulas between
`\\(` and `\\)`. Feedback on single options, points, titles, ids, tags and the order of options are lost, and said to
be. More than five options, more than a hundred questions, and tolerances cannot be written.

Refused on reading: questions without a right answer, and open-ended ones whose answers are words.
"""

from __future__ import annotations

import io
from functools import partial
from string import ascii_uppercase
from typing import Any

from openpyxl import Workbook

from server.quiz.formats.choices import is_true_false, single_choice, true_false
from server.quiz.formats.decimals import decimal, decimal_text
from server.quiz.formats.exchange import FormatError, NotHeld, Refusal
from server.quiz.formats.markup.plain import from_plain, to_plain
from server.quiz.formats.reading import Draft, Reading
from server.quiz.formats.writing import Form, write_items
from server.quiz.question import Answer, Kind, Option, Question, Scoring
from server.quiz.spreadsheet import LONGEST_CELL, UNWRITABLE, SpreadsheetError, read_table

SHEET = "Quick Quiz"
FIRST_ROW = 7
MOST_ANSWERS = 5
MOST_QUESTIONS = 100
CHOICE, TRUE_FALSE, OPEN = "Multiple choice", "True/False", "Open-ended"
COLUMNS = ["Type", "Question", *(f"Answer {letter}" for letter in "ABCDE"), *(5 * ["Right answer"]), "Explanation"]
Row = list[str]


def read(data: bytes, reading: Reading) -> None:
    """Every question of a workbook. Raises FormatError."""
    try:
        rows = read_table(data, "quiz.xlsx", SHEET)
    except SpreadsheetError as error:
        raise FormatError(error.message) from None
    found = [(number, row) for number, row in enumerate(rows, 1) if _kind(row)]
    if not found:
        raise FormatError("The workbook has no row with a type such as “Multiple choice” in column A.")
    for number, row in found:
        reading.take(f"row {number}", _cell(row, 1), partial(_draft, row))


def _cell(row: Row, column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _kind(row: Row) -> str:
    """The question's type; empty in a row without a question."""
    words = _cell(row, 0).lower().replace("-", " ")
    for kind, beginnings in ((CHOICE, ("multiple",)), (TRUE_FALSE, ("true",)), (OPEN, ("open", "short", "fill"))):
        if words.startswith(beginnings) and _cell(row, 1):
            return kind
    return ""


def _draft(row: Row) -> Draft:
    question = Question(id="", kind=Kind.SINGLE, stem=from_plain(_cell(row, 1)), explanation=from_plain(_cell(row, 12)))
    answers = [_cell(row, column) for column in range(2, 2 + MOST_ANSWERS)]
    if _kind(row) == OPEN:
        return _number(question, [answer for answer in answers if answer])
    if _kind(row) == TRUE_FALSE and not any(answers):
        answers = ["True", "False"]
    return Draft(_choice(question, answers, _right(row)))


def _right(row: Row) -> set[int]:
    """The places of the right answers: letters, or numbers from 1, in one cell or several."""
    found: set[int] = set()
    for column in range(7, 7 + MOST_ANSWERS):
        for mark in _cell(row, column).upper().replace(",", " ").replace(";", " ").split():
            if mark in ("TRUE", "FALSE"):
                found.add(0 if mark == "TRUE" else 1)
            elif len(mark) == 1 and mark in ascii_uppercase[:MOST_ANSWERS]:
                found.add(ascii_uppercase.index(mark))
            elif mark.isdecimal() and 1 <= int(mark) <= MOST_ANSWERS:
                found.add(int(mark) - 1)
            else:
                raise NotHeld(f"“{mark[:20]}” in the columns H to L is none of the letters A to E.")
    return found


def _choice(question: Question, answers: list[str], right: set[int]) -> Question:
    if not right:
        raise NotHeld("No answer is marked as right in the columns H to L.")
    if any(not answers[place] for place in right):
        raise NotHeld("An answer that is marked as right is empty.")
    marked = [(text, place in right) for place, text in enumerate(answers) if text]
    options = tuple(Option(from_plain(text), is_right) for text, is_right in marked)
    if len(right) > 1:
        return _replaced(question, kind=Kind.MULTIPLE, options=options, scoring=Scoring.ALL_OR_NOTHING)
    weighed = [Option(option.text, fraction=float(option.is_right)) for option in options]
    if is_true_false(weighed):
        return true_false(question, is_true=options[0].is_right)
    return single_choice(question, weighed)


def _replaced(question: Question, **changes: Any) -> Question:
    return Question(**{"id": "", "stem": question.stem, "explanation": question.explanation} | changes)


def _number(question: Question, answers: list[str]) -> Draft:
    values = list(dict.fromkeys(decimal(answer) for answer in answers))
    if not values or any(value is None for value in values):
        raise NotHeld("Its answer is a typed word, which is no kind of question here.")
    found = tuple(Answer(decimal_text(value)) for value in values if value is not None)
    return Draft(_replaced(question, kind=Kind.NUMERIC, answers=found))


def write(questions: list[Question]) -> tuple[bytes, list[Refusal], list[Refusal]]:
    """The workbook, what it cannot hold, and what was lost."""
    items = write_items(questions, Form(_row, _draft))
    for position, row in enumerate(items.written[MOST_QUESTIONS:], MOST_QUESTIONS + 1):
        items.left_out.append(Refusal(f"row {position}", row[1][:60], f"Socrative takes {MOST_QUESTIONS} questions."))
    return _workbook(items.written[:MOST_QUESTIONS]), items.left_out, items.notes


def _workbook(rows: list[Row]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet["A1"], sheet["A3"], sheet["B3"] = "Quiz to import into Socrative", "Quiz name:", "Questions"
    for number, row in enumerate([COLUMNS, *rows], FIRST_ROW - 1):
        for column, text in enumerate(row, 1):
            if text:
                sheet.cell(number, column, text).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(question: Question) -> Row:
    if question.kind is Kind.NUMERIC:
        answers, right = _typed_numbers(question), []
    else:
        answers = [_plain(option.text) for option in question.options]
        right = [letter for letter, option in zip(ascii_uppercase, question.options, strict=False) if option.is_right]
    if len(answers) > MOST_ANSWERS:
        raise NotHeld(f"It has {len(answers)} answers, and Socrative has room for {MOST_ANSWERS}.")
    cells = [_plain(question.stem), *_padded(answers), *_padded(right), _plain(question.explanation)]
    return [OPEN if question.kind is Kind.NUMERIC else CHOICE, *cells]


def _padded(cells: list[str]) -> list[str]:
    return cells + [""] * (MOST_ANSWERS - len(cells))


def _typed_numbers(question: Question) -> list[str]:
    right = [answer for answer in question.answers if answer.fraction == 1]
    if any(answer.tolerance != "0" for answer in right):
        raise NotHeld("Its answer has a tolerance, and Socrative compares what is typed letter by letter.")
    return [answer.value for answer in right]


def _plain(text: str) -> str:
    words = to_plain(text).text.strip()
    if UNWRITABLE.search(words):
        raise NotHeld("It has a character in it that a spreadsheet cannot hold.")
    if len(words) > LONGEST_CELL:
        raise NotHeld("It has a text that is longer than a spreadsheet's cell.")
    return words

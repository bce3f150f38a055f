"""Text from strangers, figures and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from grader.contract import LIMITS, Status, Visibility
from server.models import State
from server.rendering import numbers, outcome, times
from server.rendering.icons import icon
from server.rendering.plain_text import plain, printed, visible_source
from server.rendering.source import listing

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2J\x1b[1;1Hcleared", "cleared"),
        ("a\x00b\x07c\x7f", "abc"),
        ("tabs\tand\nlines", "tabs\tand\nlines"),
        ("\x9b31mred", "red"),
        ("unfinished \x1b[31", "unfinished "),
        ("café — 你好 🙂", "café — 你好 🙂"),
    ],
)
def test_plain_text_has_no_escapes_and_no_controls(text, shown):
    assert plain(text) == shown


def test_characters_that_deceive_are_written_out():
    assert plain("a\u202eb\u200bc") == "a⟨U+202E⟩b⟨U+200B⟩c"
    assert visible_source("x = 1 # \u2066\n") == "x = 1 # ⟨U+2066⟩\n"


def test_a_progress_bar_is_shown_as_it_ended():
    assert printed("10 %\r50 %\r100 %\ndone\r\n")[0] == "100 %\ndone\n"


def test_long_output_is_cut_and_the_rest_is_counted():
    assert printed("x" * 70, cap=50) == ("x" * 50, 20)


@pytest.mark.parametrize(
    ("points", "text"), [(8.0, "8"), (7.5, "7.5"), (6.666, "6.67"), (None, "–"), (float("nan"), "–"), (-0.0, "0")]
)
def test_points_have_no_needless_digits(points, text):
    assert numbers.points(points) == text


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (0.123456789, "0.123457"),
        (2.0, "2"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        ("nan", "nan"),
        (None, "–"),
        ([2, 3], "(2, 3)"),
        (True, "True"),
        ("x" * 100, "x" * 60 + "…"),
    ],
)
def test_values_show_the_digits_that_matter(item, text):
    assert numbers.value(item) == text


def test_only_full_marks_are_a_hundred_percent():
    assert numbers.percentage(9.999, 10) == 99
    assert numbers.percentage(10, 10) == 100
    assert numbers.percentage(None, 10) is None
    assert numbers.percentage(1, 0) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (-45, "45 seconds ago"),
        (59.9, "in 1 minute"),
        (90 * 60, "in 2 hours"),
        (-3600, "1 hour ago"),
        (3 * 86_400, "in 3 days"),
        (-86_400 * 40, "1 month ago"),
        (86_400 * 800, "in 2 years"),
    ],
)
def test_relative_times_use_the_largest_unit(seconds, text):
    assert times.relative(NOW + timedelta(seconds=seconds), NOW) == text


def test_absolute_times_are_in_utc_and_say_so():
    local = datetime.fromisoformat("2026-01-05T01:30:00+02:00")
    assert times.absolute(local) == "Sun 4 Jan 2026, 23:30 UTC"
    assert times.for_form(local) == "2026-01-04T23:30"


def test_every_status_state_and_visibility_has_a_look_with_an_icon_that_exists():
    looks = [outcome.check_look(status.value) for status in Status]
    looks += [outcome.state_look(state) for state in State]
    looks += [outcome.state_look(State.GRADED, score, 10) for score in (0, 5, 10)]
    assert all(look.word and "<svg" in icon(look.icon) for look in looks)
    assert [bool(outcome.visibility_note(each)) for each in Visibility] == [False, True, True]


def test_an_unknown_icon_is_an_error():
    with pytest.raises(LookupError):
        icon("no-such-icon")


def test_a_listing_has_a_row_for_every_line_and_whole_markup_in_each():
    text = 'def f(x):\n    """A text\n    over lines."""\n\n    return "<b>"\n'
    rows = listing("f.py", text).rows
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert all(row.line.count("<span") == row.line.count("</span>") for row in rows)
    assert "&lt;b&gt;" in rows[4].line


@pytest.mark.parametrize("text", ["", "\n\n", "x = 1", "x\r\ny\r\n", "\x0c\n"])
def test_a_listing_of_anything_has_at_least_one_row(text):
    assert listing("f.py", text).rows


def test_every_limit_has_a_word_and_an_icon_that_is_there():
    assert set(outcome.LIMIT_ICONS) == set(LIMITS)
    for limit in LIMITS:
        look = outcome.limit_look(limit, Status.ERROR)
        assert look.word
        assert icon(look.icon)
    assert outcome.limit_look("", Status.ERROR) is None


def test_a_limit_that_the_status_names_is_not_told_twice():
    assert outcome.limit_look("memory", Status.MEMORY) is None

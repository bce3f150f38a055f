"""The forms in which a lecturer composes a quiz and schedules a session of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, FloatField, IntegerField, RadioField, SelectField, StringField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.models import Mode, Numbers, Quiz, QuizSession
from server.rendering.session_pages import MODES
from server.services.errors import Refused
from server.services.quizzes.local_time import moment, zones
from server.services.quizzes.scheduling import LARGEST_GRACE, Plan

DEFAULT_MINUTES = 10
DAY_MINUTES = 24 * 60
NUMBERS = [
    SelectChoice(Numbers.EACH.value, "Each student has numbers of their own"),
    SelectChoice(Numbers.SAME.value, "Everybody has the same numbers"),
]


class TitleForm(FlaskForm):
    """A new quiz."""

    title = StringField("Title", [InputRequired("A quiz needs a title."), Length(max=200)])


class RulesForm(FlaskForm):
    """A quiz's title, and the rules that a new session of it begins with."""

    title = StringField("Title", [InputRequired("A quiz needs a title."), Length(max=200)])
    numbers = RadioField("Drawn numbers", choices=NUMBERS)
    shuffles_questions = BooleanField("Shuffle the questions within each part")
    shuffles_options = BooleanField("Shuffle the options")

    def values(self) -> dict[str, Any]:
        """The fields as `composing.settle` takes them."""
        return {
            "title": self.title.data,
            "numbers": Numbers(self.numbers.data),
            "shuffles_questions": bool(self.shuffles_questions.data),
            "shuffles_options": bool(self.shuffles_options.data),
        }


class ScheduleForm(FlaskForm):
    """When and how a session runs. Dates and times are what the clocks of `zone` show."""

    title = StringField(
        "Title",
        [InputRequired("A session needs a title."), Length(max=200)],
        description="Students see it, such as “Quiz of week 3”.",
    )
    mode = RadioField("How it runs", choices=[SelectChoice(mode.value, words.name) for mode, words in MODES.items()])
    date = DateField("Date", [Optional()])
    time = TimeField("Time", [Optional()])
    zone = SelectField("Time zone", choices=[SelectChoice(name) for name in zones()])
    minutes = FloatField(
        "Minutes",
        [Optional(), NumberRange(0.1, DAY_MINUTES, "It takes between a few seconds and a day.")],
        render_kw={"inputmode": "decimal", "step": "any"},
    )
    close_date = DateField("Closes on", [Optional()])
    close_time = TimeField("Closes at", [Optional()])
    question_seconds = IntegerField(
        "Seconds for each question",
        [Optional(), NumberRange(5, 3600, "A question stays open between 5 seconds and an hour.")],
        description="Left empty, a question closes when you reveal its answer.",
    )
    grace_seconds = FloatField(
        "Grace for answers under way, in seconds",
        [
            InputRequired("Say how many seconds, 0 for none."),
            NumberRange(0, LARGEST_GRACE, "Between 0 and 30 seconds."),
        ],
        description="An answer that was given in time may arrive so much later and still counts.",
        render_kw={"inputmode": "decimal", "step": "any"},
    )
    roster_only = BooleanField("Only numbers on the course's roster may join")
    numbers = RadioField("Drawn numbers", choices=NUMBERS)
    shuffles_questions = BooleanField("Shuffle the questions within each part")
    shuffles_options = BooleanField("Shuffle the options")

    def plan(self) -> Plan | None:
        """What the fields say; None where a time is refused, which its field then says."""
        mode = Mode(self.mode.data)
        try:
            opens_at = self._moment(self.date, self.time)
            closes_at = self._closes_at(mode, opens_at)
        except _TimeRefused:
            return None
        return Plan(
            title=self.title.data or "",
            mode=mode,
            opens_at=opens_at,
            closes_at=closes_at,
            limit_seconds=self._limit(mode),
            grace_seconds=self.grace_seconds.data or 0.0,
            roster_only=bool(self.roster_only.data),
            numbers=Numbers(self.numbers.data),
            shuffles_questions=bool(self.shuffles_questions.data),
            shuffles_options=bool(self.shuffles_options.data),
        )

    def _closes_at(self, mode: Mode, opens_at: datetime | None) -> datetime | None:
        if mode in (Mode.WINDOW, Mode.PRACTICE):
            return self._moment(self.close_date, self.close_time)
        if mode is Mode.TIMED and opens_at is not None:
            return opens_at + timedelta(seconds=self._limit(mode) or 0)
        return None

    def _limit(self, mode: Mode) -> int | None:
        if mode is Mode.PACED:
            return self.question_seconds.data
        if mode is Mode.PRACTICE or self.minutes.data is None:
            return None
        return round(self.minutes.data * 60)

    def _moment(self, day: DateField, clock: TimeField) -> datetime | None:
        """The moment that two fields give together; None where both are empty."""
        if day.data is None and clock.data is None:
            return None
        missing = day if day.data is None else clock if clock.data is None else None
        try:
            if missing is not None:
                raise Refused("Enter the date as well." if missing is day else "Enter the time as well.")
            return moment(day.data, clock.data, self.zone.data or "UTC")
        except Refused as refusal:
            (missing or clock).errors = [refusal.message]
            raise _TimeRefused from None


class _TimeRefused(Exception):  # noqa: N818 - the field says what is wrong
    """A date and a time give no moment."""


def new_schedule(quiz: Quiz) -> ScheduleForm:
    """The form for a first session of a quiz."""
    return ScheduleForm(
        formdata=None,
        data={
            "title": quiz.title,
            "mode": Mode.TIMED.value,
            "zone": "UTC",
            "minutes": DEFAULT_MINUTES,
            "grace_seconds": 2,
            "roster_only": True,
            "numbers": quiz.numbers.value,
            "shuffles_questions": quiz.shuffles_questions,
            "shuffles_options": quiz.shuffles_options,
        },
    )


def schedule_of(session: QuizSession) -> ScheduleForm:
    """The form for a session as it is scheduled, its times in UTC."""
    is_paced = session.mode is Mode.PACED
    date_shown, time_shown = _split(session.opens_at)
    close_date, close_time = _split(session.closes_at if session.mode in (Mode.WINDOW, Mode.PRACTICE) else None)
    limit = session.limit_seconds
    return ScheduleForm(
        formdata=None,
        data={
            "title": session.title,
            "mode": session.mode.value,
            "zone": "UTC",
            "date": date_shown,
            "time": time_shown,
            "close_date": close_date,
            "close_time": close_time,
            "minutes": limit / 60 if limit is not None and not is_paced else DEFAULT_MINUTES,
            "question_seconds": limit if is_paced else None,
            "grace_seconds": session.grace_seconds,
            "roster_only": session.roster_only,
            "numbers": session.numbers.value,
            "shuffles_questions": session.shuffles_questions,
            "shuffles_options": session.shuffles_options,
        },
    )


def _split(moment: datetime | None) -> tuple[date | None, time | None]:
    return (None, None) if moment is None else (moment.date(), moment.time().replace(second=0, microsecond=0))

"""The forms of the pages. A form says what is wrong beside the field; what services refuse is added by the view."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    Field,
    FloatField,
    PasswordField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.rendering.times import FORM_FORMAT
from server.services.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD

PLAIN = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


class PointsField(FloatField):
    """A number that may be written with a decimal comma."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError, which the form shows."""
        try:
            super().process_formdata([text.strip().replace(",", ".") for text in valuelist])
        except ValueError:
            raise ValueError("Enter a number, such as 10 or 7.5.") from None


class SignInForm(FlaskForm):
    """Number and password."""

    number = StringField(
        "Student number or login name",
        [InputRequired("Enter your student number or login name."), Length(max=254)],
        render_kw=PLAIN | {"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Enter your password."), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    submit = SubmitField("Sign in")


class CodeForm(FlaskForm):
    """A one-time code from the lecturer."""

    code = StringField(
        "One-time code",
        [InputRequired("Enter the code, such as ABCD-EFGH-JKMN."), Length(max=64)],
        description="Twelve letters and digits. Capitals and hyphens do not matter.",
        render_kw=PLAIN | {"autocomplete": "one-time-code"},
    )
    submit = SubmitField("Sign in with the code")


class PasswordForm(FlaskForm):
    """A new password, twice. `current` is asked for unless there is none yet, or a one-time code took its place."""

    current = PasswordField("Current password", render_kw={"autocomplete": "current-password"})
    new = PasswordField(
        "New password",
        [InputRequired("Enter a new password.")],
        description=f"At least {SHORTEST_PASSWORD} characters. Three or four words that you can remember are fine.",
        render_kw={"autocomplete": "new-password", "minlength": SHORTEST_PASSWORD},
    )
    again = PasswordField(
        "New password again",
        [InputRequired("Enter the new password again.")],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField("Save the password")

    def validate_again(self, field: Field) -> None:
        """Both entries must be equal."""
        if field.data != self.new.data:
            raise ValidationError("The two entries differ. Enter the new password twice.")


class UploadForm(FlaskForm):
    """A submission as a file. What is in the file is checked by the service."""

    file = FileField("Python file", render_kw={"accept": ".py,.ipynb,.zip,text/x-python"})
    submit = SubmitField("Hand in the file")


class PasteForm(FlaskForm):
    """A submission as text, written or pasted on the page."""

    code = TextAreaField("Your code", render_kw=PLAIN | {"wrap": "off", "rows": 18})
    submit = SubmitField("Hand in this code")


class RosterForm(FlaskForm):
    """A list of students, pasted or as a file."""

    text = TextAreaField(
        "Student numbers, one on each line, or a table with a header row",
        render_kw=PLAIN
        | {"rows": 7, "wrap": "off", "placeholder": "s1234567\ns1234568\n\nor\n\nnumber,name,email\ns1234567,Ada,…"},
    )
    file = FileField("Or a CSV or Excel file", render_kw={"accept": ".csv,.tsv,.txt,.xlsx,text/csv,text/plain"})
    submit = SubmitField("Enrol")


class PublishForm(FlaskForm):
    """How a course publishes an assignment. Times come in UTC; the page's script shows them in the reader's zone."""

    opens_at = DateTimeLocalField("Opens", [Optional()], format=[FORM_FORMAT, f"{FORM_FORMAT}:%S"])
    due_at = DateTimeLocalField("Due", [Optional()], format=[FORM_FORMAT, f"{FORM_FORMAT}:%S"])
    points = PointsField(
        "Points",
        [Optional(), NumberRange(0.01, 10_000, "Points lie between 0.01 and 10,000.")],
        render_kw={"inputmode": "decimal"},
    )
    is_visible = BooleanField("Students see it")
    submit = SubmitField("Publish")

    def values(self) -> dict[str, Any]:
        """The fields as `courses.publish` takes them."""
        return {
            "opens_at": _in_utc(self.opens_at.data),
            "due_at": _in_utc(self.due_at.data),
            "points": self.points.data,
            "is_visible": bool(self.is_visible.data),
        }


class CourseForm(FlaskForm):
    """A new course."""

    title = StringField("Title", [InputRequired("A course needs a title."), Length(max=200)])
    slug = StringField(
        "Short name",
        [InputRequired("A course needs a short name."), Length(max=64)],
        description="It becomes part of the course's address: small letters, digits and hyphens, such as cnn-2026.",
        render_kw=PLAIN,
    )
    submit = SubmitField("Create the course")


class LecturerForm(FlaskForm):
    """A lecturer's account. They get a one-time code, so that nobody else ever knows their password."""

    number = StringField("Login name", [InputRequired("Enter a login name."), Length(max=64)], render_kw=PLAIN)
    name = StringField("Name (optional)", [Length(max=200)])
    email = StringField("E-mail address (optional)", [Length(max=254)], render_kw={"inputmode": "email"})
    course = SelectField("Course")
    submit = SubmitField("Create the account")


def _in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)

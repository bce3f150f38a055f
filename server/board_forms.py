"""The forms of the boards: a name, and why an entry is taken off."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from server.forms import PLAIN
from server.services.aliases import LONGEST
from server.services.board import LONGEST_REASON


class AliasForm(FlaskForm):
    """What one is called on the boards of a course."""

    alias = StringField(
        "Name",
        [InputRequired("Type a name."), Length(max=LONGEST, message=f"A name has {LONGEST} characters at most.")],
        description="The course sees it, on all boards of this course. Choose one that does not tell who you are.",
        render_kw=PLAIN | {"autocomplete": "off", "maxlength": LONGEST},
    )
    submit = SubmitField("Save the name")


class HideForm(FlaskForm):
    """Why an entry is taken off a board."""

    reason = TextAreaField(
        "Why?",
        [InputRequired("Say why: the student is shown the reason."), Length(max=LONGEST_REASON)],
        description="The student reads this. Points stay as they are.",
        render_kw={"rows": 3},
    )
    submit = SubmitField("Take it off the board")

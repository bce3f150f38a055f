"""The names that templates use for everything in `server.rendering`."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from markupsafe import Markup

from server.models import Person, utcnow
from server.rendering import board_words, evidence, figures, icons, numbers, outcome, plain_text, times


def register_filters(app: Flask) -> None:
    """Make the renderers known to the application's templates."""
    app.jinja_env.filters.update(
        points=numbers.points,
        seconds=numbers.seconds,
        bytes=numbers.data_size,
        plain=plain_text.plain,
        printed=plain_text.printed,
        evidence=evidence.evidence,
        figures=figures.figures,
        moment=moment,
        person_name=person_name,
        ordinal=numbers.ordinal,
    )
    app.jinja_env.globals.update(
        icon=icons.icon,
        band=numbers.band,
        percentage=numbers.percentage,
        check_look=outcome.check_look,
        limit_look=outcome.limit_look,
        state_look=outcome.state_look,
        tier_look=board_words.tier_look,
        visibility_note=outcome.visibility_note,
        for_form=times.for_form,
        utcnow=utcnow,
    )


def moment(when: datetime, form: str = "both") -> Markup:
    """A `<time>`: relative with the absolute beside it (`both`), or one of them (`relative`, `absolute`)."""
    absolute, relative = times.absolute(when), times.relative(when, utcnow())
    shown = {"both": f"{relative} · {absolute}", "relative": relative, "absolute": absolute}[form]
    return Markup('<time datetime="{}" data-form="{}" title="{}">{}</time>').format(
        times.iso(when), form, absolute, shown
    )


def person_name(person: Person) -> str:
    """A person's name with the number, or the number alone."""
    return f"{plain_text.plain(person.name)} ({person.number})" if person.name else person.number

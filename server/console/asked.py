"""Days and numbers in addresses and in hidden fields: what is none, or none of ours, is as if it were not there. Days
that somebody types lie in our time."""

from datetime import date, timedelta

from flask import request
from wtforms import DateField, Form
from wtforms.validators import ValidationError

from server.core.clock import today

EARLIEST = date(2000, 1, 1)
"""Before anything that is asked about; a year or a week before it there are days still."""

AHEAD = timedelta(days=3653)
"""Ten years: after anything that is planned."""

MOST_DIGITS = 9
"""Of a version, or of what is numbered: as many as its column surely takes."""


def number_in(written: str) -> int | None:
    """A number that a page of ours wrote."""
    return int(written) if written.isdecimal() and len(written) <= MOST_DIGITS else None


def day_in(name: str, *, default: date) -> date:
    """A day, written 2026-03-01."""
    return _read(request.args.get(name, ""), default)


def month_in(name: str, *, default: date) -> date:
    """The first day of a month, which is written 2026-03."""
    return _read(f"{request.args.get(name, '')}-01", default).replace(day=1)


def in_our_time(_form: Form, field: DateField) -> None:
    """Refuse a day of another time, as a slip of the keyboard makes it: 0026 or 20266."""
    if field.data is not None and not EARLIEST <= field.data <= today() + AHEAD:
        raise ValidationError("年份不对，请看看日期")


def _read(written: str, default: date) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return default
    return day if EARLIEST <= day <= today() else default

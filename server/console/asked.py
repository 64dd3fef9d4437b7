"""Days in the address of a page: what is none, or none on which anything was done, is as if it were not there."""

from datetime import date

from flask import request

from server.core.clock import today

EARLIEST = date(2000, 1, 1)
"""Before anything that is asked about; a year or a week before it there are days still."""


def day_in(name: str, *, default: date) -> date:
    """A day, written 2026-03-01."""
    return _read(request.args.get(name, ""), default)


def month_in(name: str, *, default: date) -> date:
    """The first day of a month, which is written 2026-03."""
    return _read(f"{request.args.get(name, '')}-01", default).replace(day=1)


def _read(written: str, default: date) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return default
    return day if EARLIEST <= day <= today() else default

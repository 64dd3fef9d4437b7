"""The demo's report has something to count, and its past is loaded once."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from dev.demo import past, staff, unions
from server.cases.figures.asked import Asked
from server.cases.figures.formulas import figures, months_between
from server.cases.figures.report import report
from server.cases.figures.rules import LEAST
from server.cases.models import Case
from server.cases.vocabulary import Phase
from server.core.clock import today
from server.core.db import db


def test_the_demo_has_ended_cases_that_the_report_counts(app: Flask) -> None:
    unions.load()
    staff.load()
    assert past.load() == "36 cases, 36 of them new"
    assert set(db.session.scalars(sa.select(Case.phase))) == {Phase.DONE}
    months = months_between((today() - timedelta(days=75)).replace(day=1), today().replace(day=1))
    found = report(Asked(staff_no="D0003", services=("grievance",), months=tuple(months)), figures().formula(None))
    assert found.total.promised is not None
    assert found.total.promised.due >= LEAST
    db.session.rollback()
    assert past.load() == "36 cases, 0 of them new"

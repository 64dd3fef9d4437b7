"""The demo cases show every phase, and are loaded once."""

import sqlalchemy as sa
from flask import Flask

from dev.demo import cases, people, staff, unions
from server.cases.models import Case, CaseRating
from server.cases.ownership import Key
from server.cases.reading import own_case
from server.cases.vocabulary import IdentityMode, Phase
from server.core.clock import now
from server.core.db import db


def test_the_demo_has_cases_in_every_phase_that_a_case_can_be_in(app: Flask) -> None:
    unions.load()
    staff.load()
    people.load()
    told = cases.load()
    assert told == "30 cases, 30 of them new"
    loaded = db.session.scalars(sa.select(Case)).all()
    assert {case.phase for case in loaded} == set(Phase) - {Phase.DRAFT}
    assert {case.identity_mode for case in loaded} == set(IdentityMode)
    assert all(case.created_at <= case.updated_at <= now() for case in loaded)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CaseRating)) == 4
    for case in loaded:
        if case.worker_id is not None:
            assert own_case(no=case.no, key=Key(worker_id=case.worker_id))["service_name"]
    db.session.rollback()
    assert cases.load() == "30 cases, 0 of them new"

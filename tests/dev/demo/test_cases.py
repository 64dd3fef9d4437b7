"""The demo cases show every phase, and are loaded once."""

import sqlalchemy as sa
from flask import Flask

from dev.demo import cases, people, staff, unions
from server.cases.models import Case, CaseEvent, CaseRating
from server.cases.ownership import Key
from server.cases.phone_ratings import count_people_to_ask
from server.cases.proxies.dates import count_dates_to_call
from server.cases.reading import own_case
from server.cases.vocabulary import Actor, IdentityMode, Phase
from server.core.clock import SHANGHAI, now
from server.core.db import db


def test_the_demo_has_cases_in_every_phase_that_a_case_can_be_in(app: Flask) -> None:
    unions.load()
    staff.load()
    people.load()
    told = cases.load()
    assert told == "34 cases, 34 of them new"
    loaded = db.session.scalars(sa.select(Case)).all()
    assert {case.phase for case in loaded} == set(Phase) - {Phase.DRAFT}
    assert {case.identity_mode for case in loaded} == set(IdentityMode)
    assert all(case.created_at <= case.updated_at <= now() for case in loaded)
    by_people = db.session.scalars(sa.select(CaseEvent).where(CaseEvent.actor != Actor.SYSTEM, CaseEvent.number > 1))
    at_night = [one.step for one in by_people if not 9 <= one.at.astimezone(SHANGHAI).hour < 18]
    assert not at_night
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CaseRating)) == 6
    letters = {case.state for case in loaded if case.service == "firm_letter"}
    assert letters == {"checking", "hint_out", "opinion_out", "with_authority", "put_right"}
    for case in loaded:
        if case.worker_id is not None:
            assert own_case(no=case.no, key=Key(worker_id=case.worker_id))["service_name"]
    # Whom to ring up: of somebody's date, and by whoever had no part in it how it went.
    assert (count_dates_to_call(staff_no="DEMO01"), count_people_to_ask(staff_no="R0004")) == (1, 1)
    db.session.rollback()
    assert cases.load() == "34 cases, 0 of them new"

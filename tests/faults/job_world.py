"""What a job that will be killed needs around it: who asks for what, and how it is said that all is done."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases.models import Case
from server.cases.proxies.models import CaseProxy
from server.core.access import Level
from server.core.clock import now, today
from server.core.db import db, transaction
from server.unions.duty.models import StaffDuty
from server.unions.duty.vocabulary import DutyKind
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.cases.conftest import submission
from tests.clocks.test_changes import arrive as arrive
from tests.me.going import DAY
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff
from tests.standins import StandIn

Done = Callable[[], bool]
QUEUED: Mapping[str, Any] = {"queued": "already"}
"""In place of arguments, where what was arranged has queued the job itself."""


@dataclass
class World:
    """What the cases below set up."""

    app: Flask
    client: FlaskClient
    sign_in: SignIn
    freeze: Callable[[datetime], None]
    announce: Announce
    arrive: Callable[..., None]
    sms: StandIn
    identity: StandIn
    city: StandIn

    def ask(self, method: str, path: str, who: Mapping[str, str], body: Any = None) -> dict[str, Any]:
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers=dict(who))
        assert answer.status_code < 300, answer.json
        told: dict[str, Any] = answer.json
        return told

    def case(self) -> str:
        self.app.extensions["warmbee_services"].kept.clear()
        return str(self.ask("POST", "/cases", self.sign_in(Level.L2), submission("grievance"))["no"])

    def typed(self, *, phone: str) -> uuid.UUID:
        """Id of a case that a station typed for somebody without an account."""
        no = self.case()
        with transaction() as session:
            unowned = (
                sa.update(Case).where(Case.no == no).values(worker_id=None, secret_digest=b"digest").returning(Case.id)
            )
            case_id = session.scalars(unowned).one()
            session.add(CaseProxy(case_id=case_id, at=now(), station_code="FT0001", phone=phone))
        return case_id

    def staff_does(self, *words: str) -> None:
        done = self.app.test_cli_runner().invoke(args=["case", "do", *words, "--as", "A1"])
        assert done.exit_code == 0, done.output

    def on_duty(self, number: str) -> None:
        account = make_staff(number)
        with transaction() as session:
            session.add(
                StaffDuty(
                    staff_id=account.id,
                    union_id=make_district().id,
                    kind=DutyKind.DESK,
                    first_day=today() - 30 * DAY,
                    phone="19900000743",
                )
            )


def count(of: Any, *where: sa.ColumnElement[bool]) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(of).where(*where)) or 0


@dataclass(frozen=True, kw_only=True)
class Job:
    """How to bring a job about, where to kill its worker, and what has to be so afterwards."""

    name: str
    table: str
    """The worker is killed when it wants to write to it,"""
    mode: str = "EXCLUSIVE"
    """or with ACCESS EXCLUSIVE, to read it."""
    arrange: Callable[[World], tuple[Mapping[str, Any] | None, Done]]
    """Returns the job's arguments, None for a periodic one, and the question whether all is done."""

    def __str__(self) -> str:
        return self.name

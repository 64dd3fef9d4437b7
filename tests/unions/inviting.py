"""A union that sends lists of people, and what they are asked and answer."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.clock import SHANGHAI
from server.core.db import db
from server.core.jobs import run_worker
from server.notices.models import Notice
from server.unions.lists import service as lists
from server.unions.lists.vocabulary import ListKind
from server.unions.models import TradeUnion
from tests.desk import Desk, desk_of, words
from tests.people import Person
from tests.rosters import make_union
from tests.sign_in import Headers
from tests.staff import make_district

CODE = "GH440304-U01"
OTHER = "GH440304-U02"
NOON = datetime(2026, 3, 13, 12, 0, tzinfo=SHANGHAI)

Send = Callable[..., None]


@pytest.fixture
def union(app: Flask) -> TradeUnion:
    return make_union(CODE, area_code="440304", under=make_district())


@pytest.fixture
def send(app: Flask, desk: Desk, freeze: Callable[[datetime], None]) -> Send:
    """`send(person(1), (person(2), "phone"))` is a list that the desk sends for good."""
    freeze(NOON)

    def send(*people: Person | tuple[Person, str], code: str = CODE, kind: ListKind = ListKind.ROSTER) -> None:
        text = "姓名,证件号码,所属工会编码,手机号\n"
        for one in people:
            who, phone = one if isinstance(one, tuple) and not isinstance(one, Person) else (one, "")
            text += f"{who.name},{who.id_number},{code},{phone}\n"
        lists.ask(kind=kind, file=io.BytesIO(text.encode()), is_csv=True, staff_no="D0001")
        run_worker(app, wait=False, periodic_tasks=False)
        db.session.rollback()

    return send


@pytest.fixture
def desk(app: Flask, union: TradeUnion) -> Desk:
    return desk_of(app, "D0001", "district_organisation")


def report(desk: Desk) -> str:
    (latest, *_) = lists.lists_of(staff_no="D0001", kinds=[ListKind.ROSTER])
    return words(desk.get(f"/console/imports/lists/{latest.id}"))


def answer(client: FlaskClient, who: Headers, said: str, *, union: str = CODE) -> Any:
    return client.put("/api/v1/me/invitation", json={"union": union, "answer": said}, headers=who)


def me(client: FlaskClient, who: Headers) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/api/v1/me", headers=who).json
    return told


def told(who: Headers) -> list[str]:
    db.session.rollback()
    mine = sa.select(Notice.title).where(Notice.worker_id == who.worker_id, Notice.kind == "membership.invited")
    return list(db.session.scalars(mine.order_by(Notice.created_at)))

"""Lists of members, read by a job: one at a time, seen by whoever sent them, begun anew, given up, forgotten."""

import io
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.files.forgetting import sweep_orphans
from server.console import lists as pages
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import now
from server.core.db import db, transaction
from server.core.jobs import run_worker
from server.core.storage import storage
from server.unions.lists import reading, service
from server.unions.lists.models import MemberList, MemberListLine
from server.unions.lists.vocabulary import ListState
from server.unions.models import TradeUnion
from server.unions.service import admit
from server.unions.staff.models import RoleGrant
from tests.console.test_imports import outcome, roster, send
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.rosters import make_union
from tests.sign_in import SignIn
from tests.staff import make_district

MINE = "GH440304-U01"


@pytest.fixture
def union(app: Flask) -> TradeUnion:
    return make_union(MINE, area_code="440304", under=make_district())


@pytest.fixture
def desk(app: Flask, union: TradeUnion) -> Desk:
    return desk_of(app, "D0001", "district_organisation")


def strangers(count: int) -> bytes:
    return roster(*((person(number).name, person(number).id_number, MINE) for number in range(1, count + 1)))


def base(desk: Desk, content: bytes) -> str:
    answer = desk.post("/console/imports/difference", {"file": (io.BytesIO(content), "市库.xlsx")})
    assert answer.status_code == 303, words(answer)
    return answer.location


def work(app: Flask) -> None:
    run_worker(app, wait=False, periodic_tasks=False)


def state() -> ListState:
    db.session.rollback()
    return db.session.scalars(sa.select(MemberList.state)).one()


def test_the_page_says_how_far_it_is_and_then_what_came_of_it(app: Flask, desk: Desk, db_session: Session) -> None:
    address = base(desk, strangers(2))
    waiting = desk.get(address, part=True)
    assert "在排队" in words(waiting)
    assert 'hx-trigger="every 2s"' in waiting.text
    with transaction() as session:
        session.execute(sa.update(MemberList).values(state=ListState.READING, rows_read=120_000))
    assert "已经读了 120,000 行" in words(desk.get(address, part=True))
    work(app)
    done = desk.get(address, part=True)
    assert "有差异 2 人" in words(done)
    assert "hx-trigger" not in done.text
    assert "读完了" in words(desk.get("/console/imports/difference"))
    looks = db_session.scalar(sa.select(sa.func.count()).where(AuditEvent.action == "roster.read_outcome"))
    assert looks == 1


def test_one_at_a_time_and_the_same_form_once(app: Flask, desk: Desk) -> None:
    form = {"once": str(uuid.uuid4()), "way": "rehearse"}
    content = strangers(1)
    first, again = (
        desk.post("/console/imports/roster", {**form, "file": (io.BytesIO(content), "名单.xlsx")}) for _ in range(2)
    )
    assert (again.status_code, again.location) == (303, first.location)
    assert "你上一份文件还没有读完" in words(send(desk, "roster", strangers(2)))
    work(app)
    assert send(desk, "roster", strangers(2)).status_code == 303


def test_lines_are_turned_page_by_page_and_stored_in_several_sheets(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SHOWN", 2)
    monkeypatch.setattr(pages, "IN_ONE_SHEET", 60)
    address = base(desk, strangers(103))
    work(app)
    first = words(desk.get(address))
    assert "市库有，我们没有（103）" in first
    assert ("第 3 行" in first, "第 4 行" in first) == (True, False)
    lines = desk.get(f"{address}/lines/only_theirs")
    assert ("第 101 行" in words(lines), "第 102 行" in words(lines)) == (True, False)
    cursor = lines.text.partition("cursor=")[2].partition('"')[0]
    assert "第 104 行" in words(desk.get(f"{address}/lines/only_theirs?cursor={cursor}"))
    statuses = [desk.get(f"{address}/sheets/{number}").status_code for number in (1, 2, 3)]
    assert statuses == [200, 200, 404]
    assert desk.get(f"{address}/lines/whatever").status_code == 404


def test_nobody_else_sees_it_nor_who_has_another_office_by_now(app: Flask, desk: Desk) -> None:
    address = base(desk, strangers(1))
    work(app)
    colleague = desk_of(app, "D0002", "district_organisation")
    assert [colleague.get(f"{address}{more}").status_code for more in ("", "/sheets/1")] == [404, 404]
    assert colleague.get(f"{address}/lines/only_theirs").status_code == 404
    elsewhere = make_union("GH440307", area_code="440307")
    with transaction() as session:
        session.execute(sa.update(RoleGrant).values(union_id=elsewhere.id))
    assert desk.get(address).status_code == 404


def test_whoever_lost_the_right_meanwhile_has_nothing_read(app: Flask, desk: Desk) -> None:
    base(desk, strangers(1))
    with transaction() as session:
        session.execute(sa.delete(RoleGrant))
    work(app)
    assert state() is ListState.FAILED
    assert db.session.scalars(sa.select(MemberList.reason)).one() == reading.NO_RIGHT


def test_a_file_that_cannot_be_read_to_its_end_is_given_up(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = base(desk, strangers(1))
    list_id = address.rpartition("/")[2]
    monkeypatch.setattr(reading, "_settle", lambda *_: 1 // 0)
    for _ in range(reading.MOST_TRIES):
        with pytest.raises(ZeroDivisionError):
            reading.read_list(list_id)
        assert state() is ListState.READING
    reading.read_list(list_id)
    assert state() is ListState.FAILED
    assert "没有读成" in words(desk.get(address))
    assert db.session.scalars(sa.select(MemberList.parts)).one() == []


def test_who_was_thought_dead_and_is_not_changes_nothing(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers at one list: the second one to come to the end finds that it is read."""
    address = base(desk, strangers(1))
    list_id = address.rpartition("/")[2]
    stage = reading.city_base.stage_base

    def overtaken(*args: object, **kwargs: object) -> None:
        monkeypatch.setattr(reading.city_base, "stage_base", stage)
        stage(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        with db.engine.begin() as other:
            other.execute(sa.update(MemberList).values(state=ListState.DONE, counts={"same": 7}))

    monkeypatch.setattr(reading.city_base, "stage_base", overtaken)
    reading.read_list(list_id)
    db.session.rollback()
    assert db.session.scalars(sa.select(MemberList.counts)).one() == {"same": 7}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MemberListLine)) == 0


def test_parts_are_not_taken_for_files_that_nobody_knows(
    app: Flask, desk: Desk, freeze: Callable[[datetime], None]
) -> None:
    base(desk, strangers(1))
    (part,) = db.session.scalars(sa.select(MemberList.parts)).one()
    freeze(now() + timedelta(days=3))
    sweep_orphans()
    assert storage().has(part)
    work(app)
    assert not storage().has(part)


def test_a_member_known_by_a_digest_of_a_replaced_key_is_met(
    app: Flask, desk: Desk, union: TradeUnion, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = sign_in(Level.L2)
    with transaction() as session:
        admit(session, worker_id=one.worker_id, union=union)
    ring = app.extensions["warmbee_hmac"]
    monkeypatch.setitem(app.extensions, "warmbee_hmac", _with_a_new_key(ring))
    address = base(desk, roster((one.person.name, one.person.id_number, MINE)))
    work(app)
    assert "两边一样 1 人，有差异 0 人" in words(desk.get(address))


def _with_a_new_key(ring: object) -> object:
    from server.core.algorithms import MacAlgorithm
    from server.core.crypto import KeyedHmac
    from server.core.keys import Key

    assert isinstance(ring, KeyedHmac)
    return KeyedHmac({"new": Key(MacAlgorithm.HMAC_SHA256, b"n" * 32), **ring._ring})


def test_what_came_of_it_is_forgotten_in_pieces(app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    outcome(app, desk, send(desk, "roster", strangers(5)))
    base(desk, strangers(5))
    work(app)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MemberListLine)) == 5
    service.forget(before=now() + timedelta(days=1))
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MemberListLine)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MemberList)) == 0

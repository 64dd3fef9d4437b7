"""What has run out goes, not a second before; number, state, times and counts stay."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
import redis as redis_library
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases.capabilities.models import CaseCall
from server.cases.files.media import MediaType
from server.cases.files.models import Attachment
from server.cases.models import Case, CaseEvent, CaseMessage, CaseRating
from server.cases.retention import classes, purging
from server.cases.retention.classes import Period, RetentionRules, retention_rules
from server.cases.retention.ends import note_end
from server.cases.retention.filing import Filing, filing_of
from server.cases.retention.models import CaseRetention, PurgeReceipt
from server.cases.vocabulary import Actor, IdentityMode
from server.clocks.models import Clock
from server.core.clock import SHANGHAI
from server.core.crypto import EncryptedText
from server.core.db import Base, db, transaction
from server.core.storage import storage
from server.identity.models import SignInWay
from server.identity.sessions import open_session
from tests.cases.conftest import FRIDAY
from tests.cases.declared import services
from tests.cases.retention.conftest import MARK, PHOTO, Ended
from tests.desk import desk_of, words

SECOND = timedelta(seconds=1)
LATE = FRIDAY.replace(year=2060)


def filing(key: str) -> Filing:
    return filing_of(services()[key], retention_rules())


def fresh(session: Session, case: Case) -> tuple[Case, CaseRetention]:
    session.expire_all()
    return session.get_one(Case, case.id), session.get_one(CaseRetention, case.id)


def everything_stored(session: Session) -> Iterator[str]:
    """Every value of every table, as whoever has the keys reads it."""
    for table in Base.metadata.sorted_tables:
        for row in session.execute(sa.select(table)):
            yield from (f"{table.name}: {value}" for value in row if value is not None)


@pytest.mark.parametrize("key", sorted(services()))
def test_each_class_is_there_until_its_second(app: Flask, ended: Ended, db_session: Session, key: str) -> None:
    case, kept_as = ended(key), filing(key)
    ends: dict[datetime, set[str]] = {}
    for one in kept_as.classes():
        ends.setdefault(kept_as.due(one, ended_at=FRIDAY), set()).add(one)
    gone: set[str] = set()
    for due, going in sorted(ends.items()):
        purging.purge(at=due - SECOND)
        assert set(fresh(db_session, case)[1].purged) == gone
        assert held_of_class(db_session, case, kept_as, going), going
        purging.purge(at=due)
        gone |= going
        assert set(fresh(db_session, case)[1].purged) == gone
        assert not held_of_class(db_session, case, kept_as, going), going
    left = fresh(db_session, case)
    assert left[0].emptied_at == max(ends)
    assert left[1].due_at is None


def held_of_class(session: Session, case: Case, kept_as: Filing, keys: set[str]) -> bool:
    """Whether anything of these classes is still there."""
    now_, _ = fresh(session, case)
    answers = orjson.loads(now_.answers)
    files = session.scalars(sa.select(Attachment.media_type).where(Attachment.case_id == case.id)).all()
    return bool(
        [field for field in answers if kept_as.answers[field] in keys]
        or [one for one in files if kept_as.of_file(one) in keys]
        or (kept_as.of_place in keys and now_.place)
        or (kept_as.own in keys and now_.worker_id)
        or (kept_as.of_calls in keys and session.scalar(sa.text("SELECT count(*) FROM case_call")))
    )


@pytest.mark.parametrize("mode", [IdentityMode.NAMED, IdentityMode.ANONYMOUS])
def test_afterwards_nothing_tells_what_was_said_or_by_whom(
    app: Flask, ended: Ended, db_session: Session, redis: redis_library.Redis, mode: IdentityMode
) -> None:
    case = ended("grievance", mode=mode)
    no, worker_id, keys = (
        case.no,
        case.worker_id,
        [one.storage_key for one in db_session.scalars(sa.select(Attachment))],
    )
    assert sum(MARK in one for one in everything_stored(db_session)) >= 7
    purging.purge(at=LATE)
    db_session.expire_all()
    assert [one for one in everything_stored(db_session) if MARK in one] == []
    tables = [one for one in everything_stored(db_session) if worker_id and str(worker_id) in one]
    assert [one for one in tables if one.startswith(("service_case", "case_", "attachment"))] == []
    assert [storage().has(key) for key in keys] == [False, False]
    assert [key for key in redis.scan_iter("*") if MARK.encode() in (redis.dump(key) or b"")] == []
    left, _ = fresh(db_session, case)
    assert (left.no, left.state, left.round, left.created_at) == (no, case.state, 0, FRIDAY)
    assert left.secret_digest is None
    assert db_session.scalars(sa.select(Clock.due_at)).all() != []
    rating = db_session.scalars(sa.select(CaseRating)).one()
    assert (rating.attitude, rating.comment) == (5, None)


def test_what_leads_to_a_case_is_either_emptied_or_known_to_hold_nothing_of_anybody() -> None:
    """A new table beside cases has to say what the purge does with it."""
    emptied = {
        "case_message",
        "case_note",
        "case_proposal",
        "case_rating",
        "case_revision",
        "case_call",
        "case_exchange",
        "case_proxy",
        "case_publication",
        "case_paper",
        "service_case",
    }
    holds_nothing = {
        "case_assignment",
        "case_date_reminder",
        "case_event",
        "case_group",
        "case_payment",
        "case_phone_rating",
        "case_rating_question",
        "case_retention",
    }
    beside = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "service_case"
    }
    assert beside == emptied | holds_nothing
    for name in holds_nothing:
        sealed = [one for one in Base.metadata.tables[name].columns if isinstance(one.type, EncryptedText)]
        assert sealed == [], name


def test_a_case_under_way_is_left_alone(app: Flask, ended: Ended, db_session: Session) -> None:
    case = ended("grievance")
    with transaction():
        note_end(case, ended_at=None)
    assert purging.purge(at=LATE) == {}
    assert MARK in fresh(db_session, case)[0].answers


def test_killed_in_the_middle_nothing_is_counted_twice(
    app: Flask, ended: Ended, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [ended("grievance") for _ in range(4)]
    empty, seen = purging._empty, 0

    def dies(*given: Any, **named: Any) -> int:
        nonlocal seen
        seen += 1
        if seen == 2:
            raise KeyboardInterrupt
        return empty(*given, **named)

    monkeypatch.setattr(purging, "_empty", dies)
    with pytest.raises(KeyboardInterrupt):
        purging.purge(at=LATE, at_once=2)
    monkeypatch.undo()
    assert sum(fresh(db_session, one)[0].emptied_at is not None for one in cases) == 2
    purging.purge(at=LATE, at_once=2)
    own = db_session.scalars(sa.select(PurgeReceipt).where(PurgeReceipt.retention_class == "grievance")).all()
    assert (sum(one.cases for one in own), sum(one.files for one in own)) == (4, 4)
    assert purging.purge(at=LATE) == {}


def test_a_file_that_stays_keeps_its_row_and_leaves_no_receipt(
    app: Flask, ended: Ended, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended("grievance")
    monkeypatch.setattr(type(storage()), "delete", lambda *_: None)
    with pytest.raises(purging.FileLeftError):
        purging.purge(at=LATE)
    monkeypatch.undo()
    assert db_session.scalars(sa.select(PurgeReceipt)).all() == []
    assert len(db_session.scalars(sa.select(Attachment)).all()) == 2
    with storage().open(db_session.scalars(sa.select(Attachment)).first().storage_key) as file:  # type: ignore[union-attr]
        assert file.read() == PHOTO


def test_one_file_that_stays_holds_up_no_other_case(
    app: Flask, ended: Ended, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [ended("grievance") for _ in range(3)]
    stuck, *others = sorted(cases, key=lambda case: case.id)
    keys = set(db_session.scalars(sa.select(Attachment.storage_key).where(Attachment.case_id == stuck.id)))
    delete = type(storage()).delete
    monkeypatch.setattr(type(storage()), "delete", lambda store, key: None if key in keys else delete(store, key))
    with pytest.raises(purging.FileLeftError):
        purging.purge(at=LATE, at_once=1)
    assert [fresh(db_session, one)[0].emptied_at for one in others] == [LATE, LATE]
    kept, retention = fresh(db_session, stuck)
    assert MARK in kept.answers
    assert retention.purged == {}
    own = db_session.scalars(sa.select(PurgeReceipt).where(PurgeReceipt.retention_class == "grievance")).all()
    assert sum(one.cases for one in own) == 2
    monkeypatch.undo()
    purging.purge(at=LATE)
    assert fresh(db_session, stuck)[0].emptied_at == LATE


def test_where_the_storage_is_gone_the_run_ends_and_leaves_the_rest_as_it_was(
    app: Flask, ended: Ended, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        ended("grievance")
    asked: list[str] = []
    monkeypatch.setattr(type(storage()), "delete", lambda _, key: asked.append(key))
    monkeypatch.setattr(purging, "TOO_MANY_LEFT", 2)
    with pytest.raises(purging.FileLeftError):
        purging.purge(at=LATE, at_once=1)
    assert len(asked) == 2 * 2, "two files of each of the first two cases"
    assert db_session.scalars(sa.select(Case.emptied_at)).all() == [None] * 4


def test_a_run_looks_at_each_case_once_whatever_stays_behind(
    app: Flask, ended: Ended, count_queries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        ended("grievance")
    monkeypatch.setattr(type(storage()), "delete", lambda *_: None)
    count_queries.clear()
    with pytest.raises(purging.FileLeftError):
        purging.purge(at=LATE, at_once=2)
    looks = [one for one in count_queries if "FOR UPDATE SKIP LOCKED" in one]
    assert len(looks) == 3 + 1


def test_more_cases_take_no_more_statements(app: Flask, ended: Ended, count_queries: list[str]) -> None:
    def statements(cases: int) -> int:
        for _ in range(cases):
            ended("grievance")
        count_queries.clear()
        purging.purge(at=LATE)
        return len(count_queries)

    assert statements(1) == statements(12)


def test_what_came_after_a_reopening_goes_too(app: Flask, ended: Ended, db_session: Session) -> None:
    case = ended("grievance")
    kept_as = filing("grievance")
    recordings, calls = kept_as.of_file(MediaType.M4A), kept_as.of_calls
    due = max(kept_as.due(one, ended_at=FRIDAY) for one in (recordings, calls))
    purging.purge(at=due)
    assert not held_of_class(db_session, case, kept_as, {recordings, calls})
    again = due + timedelta(days=2)
    with transaction() as session:
        note_end(case, ended_at=None)
        session.add(CaseCall(case_id=case.id, at=again, staff_no="A1", reached=True))
        session.add(
            Attachment(
                case_id=case.id,
                sha256="0" * 64,
                size=len(PHOTO),
                media_type=MediaType.M4A,
                storage_key=storage().put(PHOTO),
                created_at=again,
                claimed_at=again,
            )
        )
        note_end(case, ended_at=again)
    purging.purge(at=again)
    assert held_of_class(db_session, case, kept_as, {recordings})
    purging.purge(at=max(kept_as.due(one, ended_at=again) for one in (recordings, calls)))
    assert not held_of_class(db_session, case, kept_as, {recordings, calls})


def test_a_shorter_period_holds_for_ended_cases_from_the_next_night(
    app: Flask, ended: Ended, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ended("grievance")
    purging.purge(at=FRIDAY)
    soon = FRIDAY + timedelta(days=10)
    purging.purge(at=soon)
    assert fresh(db_session, case)[1].purged == {}
    document = classes.read_yaml(classes.FILE)
    document["version"] += 1
    document["classes"]["recording"]["keep"] = "7 days"
    shorter = RetentionRules.of(document)
    monkeypatch.setattr(purging, "retention_rules", lambda: shorter)
    purging.purge(at=soon)
    assert fresh(db_session, case)[1].purged.keys() == {"recording"}
    receipt = db_session.scalars(sa.select(PurgeReceipt)).one()
    assert (receipt.retention_class, receipt.files, receipt.rules_version) == ("recording", 1, document["version"])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CaseMessage)) == 1


@pytest.mark.parametrize(
    ("keep", "ended_at", "until"),
    [
        ("30 days", "2026-03-13 10:00", "2026-04-12 10:00"),
        ("1 year", "2028-02-29 10:00", "2029-03-01 10:00"),
        ("4 years", "2028-02-29 23:59", "2032-02-29 23:59"),
        ("3 years", "2026-12-31 23:30", "2029-12-31 23:30"),
    ],
)
def test_a_period_is_counted_in_shanghai(keep: str, ended_at: str, until: str) -> None:
    start, end = (datetime.fromisoformat(one).replace(tzinfo=SHANGHAI) for one in (ended_at, until))
    assert Period.of(keep).after(start) == end


@pytest.mark.parametrize("nonsense", ["", "30", "0 days", "3 weeks", "-1 days", "days"])
def test_nonsense_is_no_period(nonsense: str) -> None:
    with pytest.raises(ValueError, match="no period"):
        Period.of(nonsense)


def test_the_worker_and_the_desk_read_what_went_and_on_which_day(
    app: Flask, client: FlaskClient, ended: Ended, db_session: Session
) -> None:
    case = ended("grievance")
    assert case.worker_id is not None
    with transaction() as session:
        made = {"number": 1, "at": FRIDAY, "step": "submit", "source": None, "target": case.state, "what": "已提交"}
        session.add(CaseEvent(case_id=case.id, actor=Actor.WORKER, staff_no=None, **made))
    purging.purge(at=filing("grievance").due("location", ended_at=FRIDAY))
    token = open_session(worker_id=case.worker_id, way=SignInWay.WECHAT).token
    shown = client.get(f"/api/v1/cases/{case.no}", headers={"Authorization": f"Bearer {token}"}).json
    day = "2026-09-09"
    assert shown["removed"] == [{"name": "位置", "on": day}]
    page = words(desk_of(app, "S1", "district_rights").get(f"/console/cases/{case.no}"))
    assert f"位置 {day}" in page


def test_what_was_written_down_as_a_list_is_read_and_purged_on(
    app: Flask, client: FlaskClient, ended: Ended, db_session: Session
) -> None:
    """Code of before the days were kept writes lists until it is replaced."""
    case, kept_as = ended("grievance"), filing("grievance")
    assert case.worker_id is not None
    with transaction() as session:
        made = {"number": 1, "at": FRIDAY, "step": "submit", "source": None, "target": case.state, "what": "已提交"}
        session.add(CaseEvent(case_id=case.id, actor=Actor.WORKER, staff_no=None, **made))
        session.execute(sa.text("""UPDATE case_retention SET purged = '["location"]'"""))
    token = open_session(worker_id=case.worker_id, way=SignInWay.WECHAT).token
    shown = client.get(f"/api/v1/cases/{case.no}", headers={"Authorization": f"Bearer {token}"}).json
    assert shown["removed"] == [{"name": "位置", "on": None}]
    assert "位置" in words(desk_of(app, "S1", "district_rights").get(f"/console/cases/{case.no}"))
    purging.purge(at=LATE)
    purged = fresh(db_session, case)[1].purged
    assert set(purged) == kept_as.classes()
    assert purged["location"] is None
    assert db_session.scalar(sa.text("SELECT jsonb_typeof(purged) FROM case_retention")) == "object"


def test_an_empty_list_stops_no_purge(app: Flask, ended: Ended, db_session: Session) -> None:
    case = ended("grievance")
    with transaction() as session:
        session.execute(sa.text("UPDATE case_retention SET purged = '[]'"))
    purging.purge(at=LATE)
    assert set(fresh(db_session, case)[1].purged) == filing("grievance").classes()

"""A worker is told before the last day to apply for arbitration, once for each mark, in words that never soothe."""

import re
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.catalogue import keep
from server.cases.loader import ServiceError, declare
from server.cases.models import Case
from server.cases.tasks import remind_of_last_days
from server.core.access import Level
from server.core.clock import SHANGHAI
from server.notices.models import Delivery, Notice
from server.notices.plans import plans
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit
from tests.cases.declared import document, pausable
from tests.sign_in import Headers, SignIn

LAST_DAY_OF_WORK = "2025-06-01"
"""Arbitration until 2026-06-01."""


@pytest.fixture
def aid(submit: Submit, sign_in: SignIn, freeze: Freeze) -> tuple[dict[str, Any], Headers]:
    """Asked for on 13 March, with eighty days left."""
    freeze(FRIDAY)
    headers = sign_in(Level.L2)
    return submit("legal_aid", headers, answers={"last_day": LAST_DAY_OF_WORK}), headers


def told(session: Session, day: str, freeze: Freeze) -> list[str]:
    """All that was told by a day, in whose morning the job ran twice."""
    freeze(datetime.fromisoformat(f"{day} 09:07").replace(tzinfo=SHANGHAI))
    remind_of_last_days()
    remind_of_last_days()
    session.rollback()
    notices = session.scalars(sa.select(Notice).where(Notice.kind == "case.last_day").order_by(Notice.created_at))
    return [notice.body for notice in notices]


def left(bodies: list[str]) -> list[int]:
    return [int(re.search(r"还剩 (\d+) 天", body)[1]) for body in bodies]  # type: ignore[index]  # they all say so


@pytest.mark.usefixtures("aid")
def test_thirty_fifteen_and_seven_days_before_and_never_after(db_session: Session, freeze: Freeze) -> None:
    days = ("05-01", "05-02", "05-16", "05-17", "05-24", "05-25", "06-01", "06-02")
    counts = [len(told(db_session, f"2026-{day}", freeze)) for day in days]
    assert counts == [0, 1, 1, 2, 2, 3, 3, 3]
    bodies = told(db_session, "2026-06-20", freeze)
    assert left(bodies) == [30, 15, 7]
    for body in bodies:
        assert "越早申请越好；最迟 2026-06-01 前，以仲裁委认定为准" in body
        assert "不等于已经申请了仲裁" in body
        assert not re.search("放心|不用急|不着急|来得及|还早", body)


@pytest.mark.usefixtures("aid")
def test_what_was_missed_while_no_job_ran_is_told_once(db_session: Session, freeze: Freeze) -> None:
    assert left(told(db_session, "2026-05-28", freeze)) == [4]


@pytest.mark.usefixtures("aid")
def test_once_it_has_passed_nobody_is_told_that_it_comes(db_session: Session, freeze: Freeze) -> None:
    assert told(db_session, "2026-06-02", freeze) == []


def test_it_goes_out_by_sms_else_somebody_rings_up(
    aid: tuple[dict[str, Any], Headers], db_session: Session, freeze: Freeze
) -> None:
    told(db_session, "2026-05-02", freeze)
    assert db_session.scalars(sa.select(Delivery.kind).where(Delivery.kind == "case.last_day")).all() != []
    plan = plans()["case.last_day"]
    assert (plan.sms, plan.call, plan.urgent) == (True, True, False)
    notice = db_session.scalars(sa.select(Notice).where(Notice.kind == "case.last_day")).one()
    assert not re.search("仲裁|援助|欠", notice.title + plan.line)
    assert notice.link == f"/cases/{aid[0]['no']}"


def test_nobody_is_told_once_arbitration_was_applied_for(
    aid: tuple[dict[str, Any], Headers], db_session: Session, freeze: Freeze, desk: Desk
) -> None:
    desk.do(aid[0], "screen", "grant")
    desk.give(aid[0])
    assert len(told(db_session, "2026-05-02", freeze)) == 1
    desk.do(aid[0], "begin", "file")
    assert len(told(db_session, "2026-05-28", freeze)) == 1


def test_nor_when_the_lawyer_changes_after_that_until_it_is_not_taken(
    aid: tuple[dict[str, Any], Headers], db_session: Session, freeze: Freeze, desk: Desk
) -> None:
    case = aid[0]
    desk.do(case, "screen", "grant")
    desk.give(case)
    desk.do(case, "begin", "file", ("change_lawyer", "想换一位。"))
    desk.give(case, "L2")
    desk.do(case, "begin")
    assert told(db_session, "2026-05-28", freeze) == []
    desk.do(case, "file", ("arb_refused", "材料不齐。"))
    assert left(told(db_session, "2026-05-28", freeze)) == [4]


def test_nobody_is_told_who_took_it_back(
    aid: tuple[dict[str, Any], Headers], db_session: Session, freeze: Freeze, follow: Follow
) -> None:
    assert follow(*aid).post("withdrawal", {}).status_code == 200
    assert told(db_session, "2026-05-28", freeze) == []


@pytest.mark.parametrize("reminds", [True, False], ids=["with reminders of its own", "from before there were any"])
def test_cases_of_an_old_version_are_told_by_what_is_stored_of_it(
    shared_app: Flask, aid: tuple[dict[str, Any], Headers], db_session: Session, freeze: Freeze, reminds: bool
) -> None:
    old = document("legal_aid")
    old["version"] = 1
    if reminds:
        old["computed"][-1]["remind"]["days"] = [20]
    else:
        del old["computed"][-1]["remind"]
    keep(declare(old, pausable=pausable(), name="legal_aid.yaml"))
    db_session.execute(sa.update(Case).values(service_version=1))
    db_session.commit()
    shared_app.extensions["warmbee_services"].earlier.clear()
    days = ("05-01", "05-02", "05-12", "05-17", "05-25")
    counts = [len(told(db_session, f"2026-{day}", freeze)) for day in days]
    assert counts == ([0, 0, 1, 1, 1] if reminds else [0, 1, 1, 2, 3])
    assert left(told(db_session, "2026-06-20", freeze)) == ([20] if reminds else [30, 15, 7])
    shared_app.extensions["warmbee_services"].earlier.clear()


@pytest.mark.parametrize("stage", ["arbitration", "court"])
def test_nor_who_is_there_already(
    submit: Submit, sign_in: SignIn, db_session: Session, freeze: Freeze, stage: str
) -> None:
    freeze(FRIDAY)
    submit("legal_aid", sign_in(Level.L2), answers={"last_day": LAST_DAY_OF_WORK, "stage": stage})
    assert told(db_session, "2026-05-28", freeze) == []


def test_a_date_that_was_corrected_is_counted_from_that_day_on(
    aid: tuple[dict[str, Any], Headers], db_session: Session, freeze: Freeze, follow: Follow, desk: Desk
) -> None:
    desk.do(aid[0], ("ask_more", "最后一天上班请再看一下。"))
    assert follow(*aid).post("supplements", {"answers": {"last_day": "2025-07-01"}}).status_code == 201
    assert told(db_session, "2026-05-31", freeze) == []
    assert left(told(db_session, "2026-06-01", freeze)) == [30]


@pytest.mark.usefixtures("aid")
def test_the_date_itself_lies_nowhere_in_the_open(db_session: Session, freeze: Freeze) -> None:
    told(db_session, "2026-05-02", freeze)
    rows = db_session.execute(sa.text("SELECT row_to_json(r)::text FROM case_date_reminder r")).scalars().all()
    assert len(rows) == 1
    assert "2026-06-01" not in rows[0]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"states": ["nowhere"]}, "remind.states: there is no state nowhere"),
        ({"unless": {"stage": "lunch"}}, "remind.unless: stage is never lunch"),
        ({"notice": {"title": "欠薪的日子", "body": "{no} 快到了"}}, "must not say 欠薪"),
        ({"notice": {"title": "日子", "body": "快到 {due} 了"}}, "cannot fill in {due}"),
    ],
)
def test_a_wrong_declaration_is_refused(wrong: dict[str, Any], reason: str) -> None:
    declared = document("legal_aid")
    declared["computed"][-1]["remind"] |= wrong
    with pytest.raises(ServiceError, match=re.escape(reason)):
        declare(declared, pausable=pausable(), name="legal_aid.yaml")


def test_only_a_date_has_a_day_before_it() -> None:
    declared = document("legal_aid")
    (owed,) = (rule for rule in declared["computed"] if rule["key"] == "owed")
    owed["remind"] = declared["computed"][-1]["remind"]
    with pytest.raises(ServiceError, match="money_owed finds no date"):
        declare(declared, pausable=pausable(), name="legal_aid.yaml")

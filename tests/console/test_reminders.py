"""提醒: what a member of the staff was told, read on a page; and what nobody was on duty for."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from server.core.audit import AuditEvent
from server.core.clock import now
from server.core.db import db
from server.notices.models import StaffNotice
from server.notices.staff import DANGER, tell_staff, unheard_warnings
from tests.desk import Desk, desk_of, words
from tests.staff import make_street

HERS, NOBODYS = "S0001", None


def told(staff_no: str | None, text: str, *, kind: str = "clock.80") -> StaffNotice:
    notice = StaffNotice(staff_no=staff_no, kind=kind, text=text, link="/cases/SQ260301-0001-A", created_at=now())
    tell_staff([notice], by_sms=False, urgent=False)
    return notice


def form_of(desk: Desk, path: str, action: str) -> list[str]:
    """The messages that a form of a page names."""
    page = desk.get(path).text
    form = re.search(rf'action="{re.escape(action)}".*?</form>', page, re.S)
    assert form is not None
    return re.findall(r'name="notice" value="([^"]+)"', form[0])


def test_danger_comes_first_and_reading_one_leads_to_its_case(app: Flask) -> None:
    desk = desk_of(app, HERS, "street_worker")
    told(HERS, "办理期限快到了")
    danger = told(HERS, "工友说现在有危险", kind=DANGER)
    page = words(desk.get("/console/reminders"))
    assert page.index("工友说现在有危险") < page.index("办理期限快到了")

    answer = desk.post(f"/console/reminders/{danger.id}/open")
    assert answer.headers["Location"] == "/console/cases/SQ260301-0001-A"
    assert "1 提醒没看" in words(desk.get("/console/"))
    page = words(desk.get("/console/reminders"))
    assert page.index("办理期限快到了") < page.index("最近看过的") < page.index("工友说现在有危险")


def test_what_is_over_stands_above_what_was_said_long_ago(app: Flask) -> None:
    desk = desk_of(app, HERS, "street_worker")
    told(HERS, "同意了你请的事", kind="case.was_decided")
    told(HERS, "明天到期", kind="clock.80")
    told(HERS, "今天到期了", kind="clock.100")
    told(HERS, "早就到期了", kind="clock.150")
    page = words(desk.get("/console/reminders"))
    in_order = [page.index(one) for one in ("今天到期了", "早就到期了", "明天到期", "同意了你请的事")]
    assert in_order == sorted(in_order)


def test_what_comes_while_the_page_is_read_stays_unread(app: Flask) -> None:
    desk = desk_of(app, HERS, "street_worker")
    told(HERS, "第一条")
    shown = form_of(desk, "/console/reminders", "/console/reminders/read")
    told(HERS, "第二条")
    desk.post("/console/reminders/read", {"notice": shown})
    page = words(desk.get("/console/reminders"))
    assert page.index("第二条") < page.index("最近看过的") < page.index("第一条")


def test_nobody_reads_or_ticks_off_what_is_somebody_elses(app: Flask, db_session: Session) -> None:
    desk = desk_of(app, HERS, "street_worker")
    other, nobodys = told("S0002", "给别人的"), told(NOBODYS, "没人收到的")
    assert "给别人的" not in words(desk.get("/console/reminders"))
    assert desk.post(f"/console/reminders/{other.id}/open").status_code == 404
    assert desk.post(f"/console/reminders/{nobodys.id}/open").status_code == 404
    desk.post("/console/reminders/read", {"notice": [str(other.id), str(nobodys.id)]})
    assert desk.post("/console/reminders/read", {"notice": ["no-id"]}).status_code == 404
    db_session.expire_all()
    assert not db_session.scalars(db.select(StaffNotice.id).where(StaffNotice.read_at.is_not(None))).all()


def test_the_district_sees_to_what_nobody_was_on_duty_for(app: Flask, db_session: Session) -> None:
    desk = desk_of(app, "B0001", "security_admin")
    told(NOBODYS, "SQ260301-0001-A 已到期")
    assert "1 没人值班、没人收到的提醒" in words(desk.get("/console/"))
    assert "SQ260301-0001-A 已到期" in words(desk.get("/console/duty"))
    shown = form_of(desk, "/console/duty", "/console/duty/unheard")
    desk.post("/console/duty/unheard", {"notice": shown})
    assert "SQ260301-0001-A 已到期" not in words(desk.get("/console/duty"))
    assert unheard_warnings() == []
    seen = db_session.scalars(db.select(AuditEvent).where(AuditEvent.action == "duty.unheard")).one()
    assert (seen.actor, seen.detail) == ("staff:B0001", {"count": 1})


def test_an_administrator_of_one_street_sees_none_of_it(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    desk = desk_of(app, "B0002", "security_admin", union=make_street("440304001"))
    notice = told(NOBODYS, "SQ260301-0001-A 已到期")
    assert "没人收到的提醒" not in words(desk.get("/console/duty"))
    assert "1 没人值班" not in words(desk.get("/console/"))
    assert "staff_refused" not in caplog.text, "whoever opens their own pages tried nothing"
    assert desk.post("/console/duty/unheard", {"notice": [str(notice.id)]}).status_code == 403

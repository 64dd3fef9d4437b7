"""今日必办: real counts, by what somebody's rights let them do."""

import re
from datetime import timedelta

from flask import Flask

from server.core.clock import now
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.unions.staff import service
from tests.desk import desk_of, make_member, words
from tests.staff import make_district


def test_what_waits_is_counted_and_the_rest_is_named(app: Flask) -> None:
    desk = desk_of(app, "B0001", "security_admin")
    for number in ("B0002", "B0003"):
        make_member(number, "security_admin")
    make_member("S0001", "street_worker")
    assert "今天没有等着你办的事" in words(desk.get("/console/"))

    for role in ("worker_desk", "district_office"):
        service.request_role(
            number="S0001",
            role=role,
            union=make_district(),
            until=now() + timedelta(days=30),
            reason="测试",
            by="B0002",
        )
    page = words(desk.get("/console/"))
    assert re.search(r"2 权限申请等批准", page)
    assert "没有等着的：提醒没看；没人值班、没人收到的提醒" in page
    assert "实名认证" not in page


def test_everybody_sees_only_their_own_reminders(app: Flask) -> None:
    desk = desk_of(app, "S0001", "street_worker")
    at = now()
    tell_staff(
        [
            StaffNotice(staff_no=number, kind="clock.80", text="办理期限快到了", link="", created_at=at)
            for number in ("S0001", "S0002")
        ],
        by_sms=False,
        urgent=False,
    )
    assert "1 提醒没看" in words(desk.get("/console/"))


def test_the_page_takes_few_queries(app: Flask, count_queries: list[str]) -> None:
    desk = desk_of(app, "S0001", "district_rights")
    count_queries.clear()
    desk.get("/console/")
    assert len(count_queries) <= 17
    assert len([one for one in count_queries if one.startswith("SELECT role_grant.role, trade_union.id")]) == 1

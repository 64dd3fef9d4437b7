"""The page of a case at the desk: what is seen of it, by whom, and who else looks at it."""

import io
import re
import uuid
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases import working, writing
from server.cases.working import Named
from server.console import presence
from server.core.access import Level
from server.core.audit import AuditEvent
from tests.console.conftest import Send, enrol
from tests.desk import Desk, desk_of, make_member, words
from tests.moments import FRIDAY, Freeze
from tests.sign_in import Headers, SignIn
from tests.staff import make_street

SCRIPT = "<script>document.title='x'</script><img src=x onerror=alert(1)>"


def audited(session: Session, action: str) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.actor).where(AuditEvent.action == action)))


# ── seen


def test_a_case_shows_all_that_the_union_may_know_and_opening_it_is_recorded(
    desk: Desk, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    who = sign_in(Level.L2)
    no = send(who, answers={"text": "站点从三月起每单多扣两元，没有说明。"})
    page = words(desk.get(f"/console/cases/{no}"))
    for said in (who.person.name, who.person.phone, "每单多扣两元", "已提交，工会收到了", "实名", "还没人接"):
        assert said in page, said
    assert audited(db_session, "case.read") == ["staff:A0001"]


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_who_wants_not_to_be_known_is_not_shown(desk: Desk, sign_in: SignIn, send: Send, mode: str) -> None:
    who = sign_in(Level.L2)
    no = send(who, identity_mode=mode) if mode == "confidential" else send()
    page = desk.get(f"/console/cases/{no}").text
    assert who.person.name not in page
    assert who.person.phone not in page
    assert ("查看是谁" in page) == (mode == "confidential")


def test_a_look_at_who_it_is_takes_a_reason_that_stays_and_a_second_person(
    desk: Desk, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    who = sign_in(Level.L2)
    no = send(who, identity_mode="confidential")
    refused = desk.post(f"/console/cases/{no}/acts/reveal", {"text": "  "})
    assert refused.status_code == 422
    desk.post(f"/console/cases/{no}/acts/reveal", {"text": "要陪她去劳动监察"})
    early = desk.post(f"/console/cases/{no}/sender")
    assert (early.status_code, who.person.phone in early.text) == (409, False)
    make_member("B0002", "district_rights")
    working.decide(no=no, what="reveal", staff_no="B0002", approve=True)
    assert "已批准，查看是谁" in words(desk.get(f"/console/cases/{no}"))
    assert audited(db_session, "case.reveal") == []
    assert who.person.phone in desk.post(f"/console/cases/{no}/sender").text
    assert audited(db_session, "case.reveal") == ["staff:A0001"]
    page = words(desk.get(f"/console/cases/{no}"))
    assert "查看是谁反映的 要陪她去劳动监察" in page
    assert who.person.phone not in page


def test_a_clock_says_what_was_promised_first_and_why_it_moved(
    desk: Desk, sign_in: SignIn, send: Send, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    desk.sign_in("A0001")
    no = send(sign_in(Level.L1))
    make_member("B0002", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    working.staff_step(no=no, code="extend", staff_no="A0001", text="要等公司交账册。")
    working.decide(no=no, what="extend", staff_no="B0002", approve=True)
    page = words(desk.get(f"/console/cases/{no}"))
    assert re.search(r"原来是 3月20日 18:00 .*延长：要等公司交账册。（A0001 提，B0002 批）", page), page


def test_the_second_person_reads_how_much_and_decides_on_what_was_read(
    desk: Desk, sign_in: SignIn, send: Send, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    desk.sign_in("A0001")
    no = send(sign_in(Level.L1))
    make_member("B0002", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    ask = partial(working.staff_step, no=no, code="extend", staff_no="A0001", text="要等公司交账册。")
    ask(named=Named(amount=2))
    desk.sign_in("B0002")
    read = desk.get(f"/console/cases/{no}")
    assert "“办理并答复工友”延长 2 个工作日" in words(read)
    assert "批准“办理并答复工友”延长 2 个工作日？" in unescape(read.text)

    working.decide(no=no, what="extend", staff_no="B0002", approve=False)
    ask(named=Named(amount=9))
    asked = re.search(r'name="asked" value="([^"]+)"', read.text)
    assert asked is not None
    late = desk.post(
        f"/console/cases/{no}/proposals/extend", {"approve": "yes", "asked": asked[1], "version": 1}, follow=True
    )
    assert "提的内容刚刚换过" in words(late)
    assert "延长 9 个工作日" in words(late), "still waits"


def test_what_was_changed_since_the_second_person_read_it_is_not_approved(
    desk: Desk, sign_in: SignIn, send: Send
) -> None:
    no = send(sign_in(Level.L1))
    make_member("B0002", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    working.staff_step(no=no, code="extend", staff_no="A0001", text="要等公司交账册。")
    desk.sign_in("B0002")
    page = desk.get(f"/console/cases/{no}").text
    form = dict(re.findall(r'name="(asked|version)" value="([^"]+)"', page[page.index("/proposals/extend") :][:900]))
    writing.staff_message(no=no, staff_no="A0001", text="公司今天交了。")
    late = desk.post(f"/console/cases/{no}/proposals/extend", {"approve": "yes", **form}, follow=True)
    assert "刚刚有人改过" in words(late)
    again = desk.get(f"/console/cases/{no}").text
    form = dict(re.findall(r'name="(asked|version)" value="([^"]+)"', again[again.index("/proposals/extend") :][:900]))
    assert "批准了" in words(
        desk.post(f"/console/cases/{no}/proposals/extend", {"approve": "yes", **form}, follow=True)
    )


def test_an_office_outside_sees_neither_who_nor_what_they_wrote(
    app: Flask, desk: Desk, sign_in: SignIn, send: Send
) -> None:
    street = make_street("440304001")
    who = enrol(sign_in(Level.L2), street)
    no = send(who, answers={"text": "站长在早会上骂我们三个人。"})
    make_member("B0002", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="B0002")
    named = Named(union_code=street.code)
    working.staff_step(no=no, code="dispatch", staff_no="B0002", text="请核实。", named=named)
    outside = desk_of(app, "P0001", "partner_office", union=street)
    assert no in words(outside.get("/console/cases?whose=all"))
    page = outside.get(f"/console/cases/{no}")
    assert page.status_code == 200
    for hidden in (who.person.name, who.person.phone, "早会"):
        assert hidden not in page.text
    assert outside.get(f"/console/cases/{no}/message").status_code == 403


def test_a_file_is_opened_by_a_short_link_and_that_is_recorded(
    desk: Desk, client: FlaskClient, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    who = sign_in(Level.L1)
    file_id = _uploaded(client, who)
    no, other = send(who, attachments=[{"id": file_id}]), send(who)
    assert f"/files/{file_id}" in desk.get(f"/console/cases/{no}").text
    page = desk.get(f"/console/cases/{no}/files/{file_id}")
    source = re.search(r'<img class="file-shown" src="([^"]+)"', page.text)
    assert source
    assert client.get(source[1].replace("&amp;", "&")).mimetype == "image/png"
    assert audited(db_session, "case.read_file") == ["staff:A0001"]
    assert desk.get(f"/console/cases/{other}/files/{file_id}").status_code == 404


def test_stored_scripts_are_words(desk: Desk, client: FlaskClient, sign_in: SignIn, send: Send) -> None:
    who = sign_in(Level.L1)
    no = send(who, answers={"text": f"站点乱扣钱 {SCRIPT}", "firm": SCRIPT, "place_text": SCRIPT})
    assert client.post(f"/api/v1/cases/{no}/messages", json={"text": SCRIPT}, headers=_key(who)).status_code == 201
    working.staff_step(no=no, code="accept", staff_no="A0001", text=SCRIPT)
    writing.staff_note(no=no, staff_no="A0001", text=SCRIPT)
    working.staff_step(no=no, code="extend", staff_no="A0001", text=SCRIPT)
    page = desk.get(f"/console/cases/{no}").text
    assert page.count("&lt;script&gt;document.title") >= 6
    assert "<script>document" not in page
    assert "<img src=x" not in page


# ── two people on one case


def test_two_people_on_one_case_see_each_other(app: Flask, desk: Desk, no: str) -> None:
    other = desk_of(app, "B0002", "district_rights")
    assert "也打开着" not in words(desk.get(f"/console/cases/{no}"))
    assert "测小工A0001（A0001）也打开着" in words(other.get(f"/console/cases/{no}"))
    assert "测小工B0002" in words(desk.get(f"/console/cases/{no}/present", part=True))
    stranger = desk_of(app, "L0001", "legal_coordinator")
    gone = stranger.get(f"/console/cases/{no}/present", part=True)
    assert (gone.status_code, "这件已经不在你这里了" in words(gone), "hx-get" in gone.text) == (404, True, False)


def test_a_page_that_asks_by_itself_says_that_one_is_signed_out_and_leads_nobody_away(desk: Desk, no: str) -> None:
    page = f"/console/cases/{no}"
    asked = {"HX-Request": "true", "X-Background": "1", "HX-Current-URL": f"http://localhost{page}"}
    with desk.client.session_transaction(path="/console/") as cookie:
        cookie["token"] = "ended"
    answer = desk.client.get(f"{page}/present", headers=asked)
    assert (answer.status_code, "HX-Redirect" in answer.headers) == (401, False)
    assert "你已经退出登录了" in words(answer)
    with desk.client.session_transaction(path="/console/") as cookie:
        assert cookie["next"] == page, "back to it after signing in"


def test_whoever_left_is_not_shown(app: Flask, no: str, freeze: Freeze) -> None:
    freeze(FRIDAY)
    assert presence.others_at(no, staff_no="A0001") == []
    freeze(FRIDAY + timedelta(seconds=presence.SECONDS - 1))
    assert presence.others_at(no, staff_no="B0002") == ["A0001"]
    freeze(FRIDAY + timedelta(seconds=presence.SECONDS + 1))
    assert presence.others_at(no, staff_no="C0003") == ["B0002"]


def test_without_redis_nobody_is_shown_and_the_page_is_there(
    app: Flask, desk: Desk, no: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import redis

    monkeypatch.setitem(app.extensions, "warmbee_redis", redis.Redis(unix_socket_path="/nonexistent/redis.sock"))
    page = desk.get(f"/console/cases/{no}")
    assert page.status_code == 200
    assert "也打开着" not in words(page)


def _key(headers: Headers) -> dict[str, str]:
    return {**headers, "Idempotency-Key": str(uuid.uuid4())}


def _uploaded(client: FlaskClient, headers: Headers) -> str:
    from PIL import Image

    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "orange").save(drawn, "PNG")
    drawn.seek(0)
    answer = client.post("/api/v1/attachments", data={"file": (drawn, "a.png")}, headers=_key(headers))
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])

"""A case at the desk: what is seen of it, what can be done and why not the rest, and that nothing typed is lost."""

import io
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.cases import working, writing
from server.cases.models import Case, CaseEvent, CaseMessage, CaseNote
from server.cases.replies import _replies
from server.cases.working import Named
from server.console import presence
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import SHANGHAI
from tests.console.conftest import Send, enrol
from tests.desk import Desk, desk_of, make_member, words
from tests.sign_in import Headers, SignIn
from tests.staff import make_street

FRIDAY = datetime(2026, 3, 13, 10, 0, tzinfo=SHANGHAI)
Freeze = Callable[[datetime], None]
SCRIPT = "<script>document.title='x'</script><img src=x onerror=alert(1)>"


@pytest.fixture
def desk(app: Flask) -> Desk:
    return desk_of(app, "A0001", "district_rights")


@pytest.fixture
def no(sign_in: SignIn, send: Send) -> str:
    return send(sign_in(Level.L1))


def form_values(answer: TestResponse) -> dict[str, object]:
    """The hidden values of the form that is shown."""
    return dict(re.findall(r'name="(version|seen)" value="([^"]*)"', answer.text))


def opened_form(desk: Desk, no: str, act: str) -> dict[str, object]:
    answer = desk.get(f"/console/cases/{no}/{act}", part=True)
    assert answer.status_code == 200, words(answer)
    return form_values(answer)


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


# ── done


def test_a_step_is_made_by_the_form_that_its_declaration_asks_for(desk: Desk, no: str, db_session: Session) -> None:
    page = words(desk.get(f"/console/cases/{no}"))
    assert "受理 t" in page
    assert "要在“已受理”“办理中”的时候才能办" in page
    form = opened_form(desk, no, "steps/accept")
    done = desk.post(f"/console/cases/{no}/steps/accept", {**form, "text": "我们来办。"})
    assert done.status_code == 303
    case = db_session.scalars(sa.select(Case)).one()
    assert (case.state, case.handler_no) == ("accepted", "A0001")
    page = words(desk.get(f"/console/cases/{no}"))
    assert "办好了：受理" in page
    assert "我们来办。" in page


def test_a_case_is_sent_to_an_office_that_is_picked(desk: Desk, no: str, db_session: Session) -> None:
    street = make_street("440304001")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    form = opened_form(desk, no, "steps/dispatch")
    refused = desk.post(f"/console/cases/{no}/steps/dispatch", {**form, "text": "请核实。", "union": ""})
    assert refused.status_code == 422
    assert "请选一个工会" in words(refused)
    assert "请核实。" in refused.text
    desk.post(f"/console/cases/{no}/steps/dispatch", {**form, "text": "请核实。", "union": street.code})
    case = db_session.scalars(sa.select(Case)).one()
    assert case.union_id == street.id
    assert street.name in words(desk.get(f"/console/cases/{no}"))


def test_only_offices_with_somebody_for_it_are_offered(desk: Desk, no: str) -> None:
    staffed, without = make_street("440304001"), make_street("440304002")
    make_member("S0001", "street_worker", union=staffed)
    make_member("S0002", "partner_office", union=without)
    working.staff_step(no=no, code="accept", staff_no="A0001")
    offered = re.findall(r'<option value="(GH[^"]*)"', desk.get(f"/console/cases/{no}/steps/dispatch").text)
    assert offered == ["GH440304", staffed.code]


@pytest.mark.parametrize("mode", ["confidential", "named"])
def test_details_that_tell_who_it_was_go_out_only_when_somebody_looked_at_them(
    desk: Desk, sign_in: SignIn, send: Send, db_session: Session, mode: str
) -> None:
    street, brief = make_street("440304001"), "请核实3月11日晚8点那单的罚款，单号 8812345678901。"
    no = send(sign_in(Level.L1), identity_mode=mode)
    working.staff_step(no=no, code="accept", staff_no="A0001")
    form = {**opened_form(desk, no, "steps/dispatch"), "text": brief, "union": street.code}
    answer = desk.post(f"/console/cases/{no}/steps/dispatch", form)
    if mode == "confidential":
        assert answer.status_code == 422
        assert "能猜出工友是谁的细节：3月11日、晚8点、单号 8812345678901" in words(answer)
        assert brief in answer.text
        answer = desk.post(f"/console/cases/{no}/steps/dispatch", {**form, "details": "y"})
    assert answer.status_code == 303
    assert db_session.scalars(sa.select(Case)).one().union_id == street.id


def test_what_takes_two_persons_waits_for_the_second(app: Flask, desk: Desk, no: str, db_session: Session) -> None:
    second = desk_of(app, "B0002", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    form = opened_form(desk, no, "steps/extend")
    desk.post(f"/console/cases/{no}/steps/extend", {**form, "text": "要等公司交账册。", "amount": "3"})
    assert "你自己提的" in words(desk.get(f"/console/cases/{no}"))
    page = words(second.get(f"/console/cases/{no}"))
    assert "要等公司交账册。" in page
    assert "批准" in page
    refused = desk.post(f"/console/cases/{no}/proposals/extend", {"approve": "yes"}, follow=True)
    assert "要由另一个人" in words(refused)
    assert "extend" not in db_session.scalars(sa.select(CaseEvent.step))
    second.post(f"/console/cases/{no}/proposals/extend", {"approve": "yes"})
    assert "extend" in db_session.scalars(sa.select(CaseEvent.step))


def test_who_cannot_be_the_second_person_is_told_who_can(
    app: Flask, desk: Desk, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    street = make_street("440304003")
    no = send(enrol(sign_in(Level.L1), street))
    working.staff_step(no=no, code="accept", staff_no="A0001")
    working.staff_step(no=no, code="extend", staff_no="A0001", text="等鉴定。")
    seen = desk_of(app, "S0001", "street_worker", union=street).get(f"/console/cases/{no}")
    assert "要由区、市总工会管审批的另一个人来定" in words(seen)
    assert "/proposals/" not in seen.text
    assert "/proposals/extend" in desk_of(app, "A0003", "district_rights").get(f"/console/cases/{no}").text


def test_nothing_is_filled_in_with_somebody_who_cannot_be_rung_up(desk: Desk, sign_in: SignIn, send: Send) -> None:
    assert "帮他填" not in words(desk.get(f"/console/cases/{send()}"))
    assert "帮他填" in words(desk.get(f"/console/cases/{send(sign_in(Level.L1))}"))


def test_a_message_is_never_a_beginning_with_its_gaps(desk: Desk, no: str, db_session: Session) -> None:
    form = opened_form(desk, no, "message")
    beginning = _replies()[0].text
    refused = desk.post(f"/console/cases/{no}/message", {**form, "text": beginning})
    assert refused.status_code == 422
    assert "还有没换的内容：【姓名】" in words(refused)
    assert desk.post(f"/console/cases/{no}/message", {**form, "text": "我是小测，明天告诉你。"}).status_code == 303
    assert db_session.scalars(sa.select(CaseMessage.text)).all() == ["我是小测，明天告诉你。"]


def test_a_note_is_for_colleagues_only(desk: Desk, client: FlaskClient, sign_in: SignIn, send: Send) -> None:
    who = sign_in(Level.L1)
    no = send(who)
    desk.post(f"/console/cases/{no}/note", {**opened_form(desk, no, "note"), "text": "上次也是这个站。"})
    assert "上次也是这个站。" in words(desk.get(f"/console/cases/{no}"))
    assert "上次也是" not in client.get(f"/api/v1/cases/{no}", headers=who).text


def test_who_may_only_read_is_told_so(app: Flask, no: str) -> None:
    # Nobody's role reads without working; a role that is narrowed to it does.
    desk = desk_of(app, "L0001", "legal_coordinator")
    assert desk.get(f"/console/cases/{no}").status_code == 404
    assert desk.get(f"/console/cases/{no}/message").status_code == 404
    assert desk.post(f"/console/cases/{no}/steps/accept").status_code == 404


# ── two at once, twice, too late


def test_a_conflict_says_who_did_what_and_keeps_what_was_typed(
    app: Flask, desk: Desk, no: str, db_session: Session
) -> None:
    other = desk_of(app, "B0002", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    form = opened_form(desk, no, "steps/reply")
    working.staff_step(no=no, code="begin", staff_no="B0002", text="我先问问站点。")
    told = desk.post(f"/console/cases/{no}/steps/reply", {**form, "text": "罚款全部退回。"})
    assert told.status_code == 422
    assert "测小工B0002（B0002）：开始办理" in words(told)
    assert "罚款全部退回。" in told.text
    assert other.get(f"/console/cases/{no}").status_code == 200
    again = desk.post(f"/console/cases/{no}/steps/reply", {**form_values(told), "text": "罚款全部退回。"})
    assert again.status_code == 303
    assert db_session.scalars(sa.select(Case.state)).one() == "replied"


def test_a_second_click_does_nothing_twice(desk: Desk, no: str, db_session: Session) -> None:
    form = opened_form(desk, no, "steps/accept")
    for _ in range(2):
        assert desk.post(f"/console/cases/{no}/steps/accept", {**form, "text": "我们来办。"}).status_code == 303
    form = opened_form(desk, no, "message")
    for _ in range(2):
        assert desk.post(f"/console/cases/{no}/message", {**form, "text": "明天告诉你。"}).status_code == 303
    for _ in range(2):
        desk.post(f"/console/cases/{no}/note", {"text": "记一笔。"})
    assert db_session.scalars(sa.select(CaseEvent.step).order_by(CaseEvent.number)).all() == [
        "submit",
        "accept",
        "write",
    ]
    written = db_session.scalars(sa.select(CaseMessage.text).order_by(CaseMessage.at)).all()
    assert written == ["我们来办。", "明天告诉你。"]
    assert len(db_session.scalars(sa.select(CaseNote)).all()) == 1


def test_other_words_on_an_old_version_are_no_second_click(desk: Desk, no: str) -> None:
    form = opened_form(desk, no, "steps/accept")
    desk.post(f"/console/cases/{no}/steps/accept", {**form, "text": "我们来办。"})
    told = desk.post(f"/console/cases/{no}/steps/accept", {**form, "text": "换一种说法。"})
    assert told.status_code == 422
    assert "换一种说法。" in told.text


def test_a_session_that_ended_leads_back_to_the_case(desk: Desk, no: str, freeze: Freeze) -> None:
    freeze(FRIDAY)
    desk.sign_in("A0001")
    form = opened_form(desk, no, "message")
    freeze(FRIDAY + timedelta(minutes=16))
    answer = desk.client.post(
        f"/console/cases/{no}/message",
        data={**form, "csrf_token": desk.form_token, "text": "写了很久。"},
        headers={"HX-Request": "true", "HX-Current-URL": f"http://localhost/console/cases/{no}"},
    )
    assert answer.headers["HX-Redirect"] == "/console/sign-in"
    with desk.client.session_transaction(path="/console/") as cookie:
        assert cookie["next"] == f"/console/cases/{no}"


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

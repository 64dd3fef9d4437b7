"""Filling in with the worker on the line: every question of a form, what was read aloud, and two at once."""

import re
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases import filling
from server.cases.forms.fields import SILENT, FieldType
from server.cases.models import Case
from server.cases.steps import answers_of
from server.console.controls import CONTROLS
from server.core.access import Level
from server.core.db import transaction
from server.identity.models import ConsentKey
from server.unions.models import TradeUnion
from server.unions.vocabulary import UnionKind
from tests.cases.declared import services
from tests.console.conftest import Send
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.sign_in import SignIn
from tests.staff import make_street
from tests.stations.making import make_station

HELP = "hardship_aid"
RIDER = person(3)
EXAMPLES = {key: dict(services()[key].example) for key in ("legal_aid", "join_union", HELP)}
EXAMPLES["join_union"]["statement"] = {"name": RIDER.name, "agreed": True}
CARD = {"bank": "工商银行", "number": "6222020200011112220"}


def shown_values(text: str) -> dict[str, list[str]]:
    """What a browser would send back if nothing was touched."""
    found: dict[str, list[str]] = {}
    for name, body in re.findall(r'<select[^>]*name="(q_[\w-]+)"[^>]*>(.*?)</select>', text, flags=re.S):
        # A browser sends the first where none is selected.
        found[name] = re.findall(r'<option selected value="([^"]*)"', body) or [""]
    for name, body in re.findall(r'<textarea[^>]*name="(q_[\w-]+)"[^>]*>(.*?)</textarea>', text, flags=re.S):
        found[name] = [body.strip()]
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="(q_[\w-]+|version|seen)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and (" checked" in tag or ('type="radio"' not in tag and 'type="checkbox"' not in tag)):
            found.setdefault(name[1], []).append(unescape(value[1]))
    return found


def opened(desk: Desk, no: str) -> dict[str, object]:
    return dict(shown_values(desk.get(f"/console/cases/{no}/answers").text))


def answers(session: Session) -> dict[str, Any]:
    session.expire_all()
    return answers_of(session.scalars(sa.select(Case)).one())


@pytest.mark.parametrize("service", ["legal_aid", "join_union", HELP])
def test_what_nobody_touched_stays_as_it_was(
    app: Flask, sign_in: SignIn, send: Send, db_session: Session, service: str
) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L2, who=RIDER), service, answers=EXAMPLES[service])
    filling.fill_in(no=no, staff_no="A0001", answers=services()[service].example_by_staff)
    before = answers(db_session)
    done = desk.post(f"/console/cases/{no}/answers", opened(desk, no))
    assert done.status_code == 303, words(done)
    assert answers(db_session) == before


def test_an_answer_is_added_and_the_worker_sees_it(
    app: Flask, client: FlaskClient, sign_in: SignIn, send: Send
) -> None:
    desk, who = desk_of(app, "A0001", "district_rights"), sign_in(Level.L1)
    no = send(who)
    values = opened(desk, no)
    assert desk.post(f"/console/cases/{no}/answers", {**values, "q_place_text": "梅林一村"}).status_code == 303
    assert client.get(f"/api/v1/cases/{no}", headers=who).json["answers"]["place_text"] == "梅林一村"


def test_a_table_and_a_card_are_filled_in_and_the_number_is_not_shown_again(
    app: Flask, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L1), HELP)
    row = {"q_members-7-q_relation": "spouse", "q_members-7-q_age": "41"}
    card = {"q_account-bank": CARD["bank"], "q_account-number": "6222 0202 0001 1112 220"}
    done = desk.post(f"/console/cases/{no}/answers", {**opened(desk, no), **row, **card})
    assert done.status_code == 303, words(done)
    kept = answers(db_session)
    assert kept["members"] == [{"relation": "spouse", "age": 41}]
    assert kept["account"] == CARD
    again = desk.get(f"/console/cases/{no}/answers")
    assert CARD["number"] not in again.text
    assert "尾号 2220" in words(again)
    other = {**opened(desk, no), "q_account-bank": "建设银行"}
    assert desk.post(f"/console/cases/{no}/answers", other).status_code == 303
    assert answers(db_session)["account"] == {**CARD, "bank": "建设银行"}


def test_a_signature_is_of_the_worker_and_an_employer_needs_no_code(
    app: Flask, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L2, who=RIDER), "join_union", answers=EXAMPLES["join_union"])
    values = {**opened(desk, no), "q_employer": "蜂鸟配送", "q_work_area": "福田区 梅林街道"}
    told = desk.post(f"/console/cases/{no}/answers", {**values, "q_statement-name": "别人"})
    assert told.status_code == 422
    assert re.search(r'id="q_statement-name-wrong"', told.text)
    assert desk.post(f"/console/cases/{no}/answers", values).status_code == 303
    kept = answers(db_session)
    assert (kept["employer"], kept["work_area"]) == ({"name": "蜂鸟配送"}, "440304007")
    assert kept["statement"] == {"name": RIDER.name, "agreed": True}


def test_a_street_that_is_not_there_is_refused(app: Flask, sign_in: SignIn, send: Send) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L2, who=RIDER), "join_union", answers=EXAMPLES["join_union"])
    told = desk.post(f"/console/cases/{no}/answers", {**opened(desk, no), "q_work_area": "没有这条街"})
    assert told.status_code == 422
    assert re.search(r'id="q_work_area-wrong"', told.text)


def test_what_is_wrong_in_a_row_is_said_in_that_row(app: Flask, sign_in: SignIn, send: Send) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L1), HELP)
    rows = {
        "q_members-0-q_relation": "",
        "q_members-0-q_age": "",
        "q_members-3-q_relation": "",
        "q_members-3-q_age": "41",
    }
    told = desk.post(f"/console/cases/{no}/answers", {**opened(desk, no), **rows})
    assert told.status_code == 422
    assert re.search(r'id="q_members-1-q_relation-wrong"', told.text)
    assert not re.search(r'id="q_members-0-q_relation-wrong"', told.text)
    assert re.search(r'name="q_members-1-q_age"[^>]*value="41"', told.text)


def test_whoever_is_slower_is_told_by_whom_and_what_and_keeps_what_was_typed(
    app: Flask, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    slow, fast = desk_of(app, "A0001", "district_rights"), desk_of(app, "A0002", "district_rights")
    no = send(sign_in(Level.L1), HELP)
    seen = opened(slow, no)
    quick = {**opened(fast, no), "q_people": "3", "q_other_aid": "没有", "q_housing": "rented"}
    assert fast.post(f"/console/cases/{no}/answers", quick).status_code == 303
    mine = {"q_people": "4", "q_rigid": "1200", "q_housing": "rented"}
    told = slow.post(f"/console/cases/{no}/answers", {**seen, **mine})
    assert told.status_code == 422
    assert "（A0002）：改了填写的内容：一共几口人、住在、保险和别的救助拿到多少" in words(told)
    assert "刚才别人写的是：3" in words(told)
    now_shown = shown_values(told.text)
    assert now_shown["q_people"] == ["4"]
    assert now_shown["q_other_aid"] == ["没有"]
    assert now_shown["q_rigid"] == ["1200.00"]
    assert words(told).count("刚才别人写的是") == 1
    assert slow.post(f"/console/cases/{no}/answers", dict(now_shown)).status_code == 303
    kept = answers(db_session)
    assert (kept["people"], kept["rigid"], kept["other_aid"]) == (4, 120_000, "没有")


def test_what_staff_signed_or_ticked_for_a_worker_is_told_apart_from_their_own(
    app: Flask, sign_in: SignIn, send: Send
) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L2, who=RIDER), "join_union", answers=EXAMPLES["join_union"])
    before = words(desk.get(f"/console/cases/{no}"))
    assert "不是本人签的" not in before
    assert "念给本人听" not in before
    assert "本人点的同意" in before
    signed = {"name": RIDER.name, "agreed": True}
    for answer in (None, signed):
        filling.fill_in(no=no, staff_no="A0001", answers={"statement": answer})
    after = words(desk.get(f"/console/cases/{no}"))
    assert re.search(r"已签名） 不是本人签的：今天 \d\d:\d\d 测小工A0001（A0001）念给本人听", after)
    help_no = send(sign_in(Level.L1), HELP)
    filling.fill_in(no=help_no, staff_no="A0001", answers={}, agreed=[ConsentKey.HEALTH])
    agreed = words(desk.get(f"/console/cases/{help_no}")).partition("同意过的")[2]
    assert agreed.partition("附件")[0].count("本人点的同意") == 2
    assert agreed.count("念给本人听") == 1


def test_known_names_are_offered_while_one_is_typed_and_only_those_of_ones_own_streets(
    app: Flask, sign_in: SignIn, send: Send, count_queries: list[str]
) -> None:
    here, there = make_street("440304011"), make_street("440304001")
    with transaction() as session:
        for number, (name, street) in enumerate((("蜂鸟配送", here), ("蜂鸟维修", there), ("百%超市", here))):
            code = f"U{number}"
            session.add(
                TradeUnion(code=code, name=name, kind=UnionKind.UNIT, parent_id=street.id, area_code=street.area_code)
            )
    make_station("FT0042", name="蜂巢驿站", street_code="440304011")
    make_station("FT0043", name="蜂蜜驿站", street_code="440304001")
    desk = desk_of(app, "S0001", "street_worker", union=here)
    count_queries.clear()
    offered = desk.get("/console/names/organisation?q_employer=蜂", part=True).text
    assert (re.findall('value="([^"]+)"', offered), len(count_queries)) == (["蜂鸟配送"], 2), "one, and who it is"
    assert re.findall('value="([^"]+)"', desk.get("/console/names/station?q_place=蜂").text) == ["蜂巢驿站"]
    assert re.findall('value="([^"]+)"', desk.get("/console/names/organisation?q_employer=%25").text) == ["百%超市"]
    assert "value=" not in desk.get("/console/names/organisation?q_employer=").text
    assert desk.get("/console/names/worker?q=蜂").status_code == 404
    no = send(sign_in(Level.L2, who=RIDER), "join_union", answers=EXAMPLES["join_union"])
    page = desk_of(app, "A0001", "district_rights").get(f"/console/cases/{no}/answers").text
    asked = re.findall('<input[^>]*id="q_employer"[^>]*>', page)[0]
    assert 'hx-get="/console/names/organisation"' in asked
    assert 'list="q_employer-known"' in asked


def test_the_same_form_sent_twice_tells_the_worker_once(
    app: Flask, client: FlaskClient, sign_in: SignIn, send: Send
) -> None:
    desk, who = desk_of(app, "A0001", "district_rights"), sign_in(Level.L1)
    no = send(who)
    values = {**opened(desk, no), "q_place_text": "梅林一村"}
    for _ in range(2):
        assert desk.post(f"/console/cases/{no}/answers", values).status_code == 303
    told = client.get("/api/v1/notices", headers=who).json["items"]
    assert [one["title"] for one in told].count("你的事项有更新") == 1


def test_what_is_wrong_is_said_beside_its_question(app: Flask, sign_in: SignIn, send: Send) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L1))
    values = opened(desk, no)
    told = desk.post(f"/console/cases/{no}/answers", {**values, "q_text": "短"})
    assert told.status_code == 422
    assert re.search(r'id="q_text-wrong"', told.text)


def test_what_a_case_cannot_be_sent_without_is_not_taken_out_by_a_slip(
    app: Flask, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L1))
    before, values = answers(db_session), opened(desk, no)
    empty = {name: value if name in {"version", "seen"} else "" for name, value in values.items()}
    told = desk.post(f"/console/cases/{no}/answers", empty)
    assert told.status_code == 422
    assert words(told).count("不能去掉") >= 2
    assert answers(db_session) == before
    assert desk.post(f"/console/cases/{no}/answers", {**values, "q_place_text": ""}).status_code == 303


def test_another_streets_case_is_not_there(app: Flask, sign_in: SignIn, send: Send) -> None:
    no = send(sign_in(Level.L1))
    assert desk_of(app, "L0001", "legal_coordinator").get(f"/console/cases/{no}/answers").status_code == 404


def test_every_question_can_be_asked_here() -> None:
    # Files have controls of their own, see `attaching`.
    assert set(FieldType) - SILENT - {FieldType.FILE} == CONTROLS.keys()

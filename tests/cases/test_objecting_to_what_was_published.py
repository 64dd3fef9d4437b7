"""An objection names the publication that it is to, and whoever had a part in that has none in the objection."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from server.cases import publications
from server.cases.desk import opened_case
from server.cases.models import Case
from server.cases.steps import answers_of
from server.cases.tasks import lapse_cases
from server.cases.too_few import NOBODY_WORKS
from server.cases.writing import staff_message
from server.core.access import Level
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import Problem
from server.notices.models import StaffNotice
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.models import RoleGrant, StaffAccount
from tests.cases.aid import Office
from tests.cases.aid import case as case
from tests.cases.aid import office as office
from tests.cases.aid import rider as rider
from tests.cases.aid import street as street
from tests.cases.conftest import STAFF, Desk, Follow, Freeze, Submit, submission
from tests.console.test_filling_in import opened
from tests.desk import desk_of
from tests.desk import words as words_of
from tests.moments import at
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff, put_on_duty

STREET = "440304011"
ELSEWHERE = "440304010"
LIST = "/api/v1/publications/open-to-objection"
WRONG = {"topic": "publication", "text": "公示的这位工友在别的区有房子。", "street": STREET}


@pytest.fixture
def published(office: Office, freeze: Freeze) -> Office:
    """A1 had it published on what S1 and S3 of the street agreed to."""
    freeze(at("2026-11-27 09:00"))
    office.publish()
    return office


@pytest.fixture
def choice(published: Office, client: FlaskClient) -> dict[str, Any]:
    """The publication as the form offers it."""
    (found,) = client.get(LIST).json["items"]
    return found


@pytest.fixture
def chosen(choice: dict[str, Any]) -> dict[str, Any]:
    """The answers of an objection to it."""
    return {**WRONG, "published": {key: choice[key] for key in ("name", "code", "area")}}


@pytest.fixture
def objector(choice: dict[str, Any], sign_in: SignIn) -> Headers:
    return sign_in(Level.L1)


def fill(desk: Desk, case: dict[str, Any], published: dict[str, str], *, staff: str) -> Result:
    return desk.run("fill", case["no"], "--answers", json.dumps({"published": published}), staff=staff)


def out_of(case: dict[str, Any]) -> list[str]:
    return db.session.scalars(sa.select(Case.objected_to).where(Case.no == case["no"])).one()


def test_what_stands_can_be_chosen_and_says_no_kind_and_who_chose_it_may_send_it_later(
    published: Office, client: FlaskClient, freeze: Freeze, chosen: dict[str, Any], objector: Headers, submit: Submit
) -> None:
    (one,) = client.get(LIST).json["items"]
    assert one.keys() == {"code", "name", "area", "until"}
    assert (one["name"], one["area"]) == ("测*，华强北街道，2026-11-27 起公示", STREET)
    freeze(at("2026-12-04 17:59"))
    assert client.get(LIST).json["items"] == [one]
    freeze(at("2026-12-04 18:00"))
    assert client.get("/api/v1/publications").json["items"] == client.get(LIST).json["items"] == []
    assert submit("grievance", objector, answers=chosen)["no"]


def test_what_was_taken_back_cannot_be_chosen(published: Office, client: FlaskClient) -> None:
    published.do("A1", "objected", "要查有没有房子。")
    assert client.get(LIST).json["items"] == []


def test_nobody_who_had_a_part_in_the_publication_has_one_in_the_objection(
    chosen: dict[str, Any], objector: Headers, submit: Submit, desk: Desk, follow: Follow
) -> None:
    objection = submit("grievance", objector, identity_mode="confidential", answers=chosen)
    assert out_of(objection) == ["A1", "S1", "S2", "S3"]
    for tried in (("do", objection["no"], "accept"), ("reveal", objection["no"], "--because", "想知道是谁")):
        refused = desk.run(*tried, staff="A1")
        assert refused.exit_code == 1
        assert "定过的人这一次不能再办" in refused.output
    assert opened_case(no=objection["no"], staff_no="A1").allowed.barred
    # Who had no part in it handles it; who had does not decide what is asked for either.
    assert desk.run("do", objection["no"], "accept", staff="B2").exit_code == 0
    assert desk.run("do", objection["no"], "extend", "--text", "还在核实。", staff="B2").exit_code == 0
    assert "要由别的同事来办" in desk.run("approve", objection["no"], "extend", staff="A1").output
    assert desk.run("approve", objection["no"], "extend", staff=STAFF).exit_code == 0
    # Answered and opened again it is still to the same publication.
    assert desk.run("do", objection["no"], "reply", "--text", "核实过了。", staff="B2").exit_code == 0
    assert follow(objection, objector).post("reopening", {"reason": "没有核实。"}).status_code == 200
    assert out_of(objection) == ["A1", "B2", "S1", "S2", "S3"]


def test_who_decides_further_while_the_objection_is_open_has_no_part_in_it_either(
    published: Office, chosen: dict[str, Any], objector: Headers, submit: Submit, desk: Desk, freeze: Freeze
) -> None:
    objection = submit("grievance", objector, answers=chosen)
    freeze(at("2026-12-07 09:00"))
    lapse_cases()
    published.do(STAFF, "grant", "按标准。", "--amount", "300000")
    assert out_of(objection) == ["A1", "S1", "S2", "S3"]
    opened = opened_case(no=objection["no"], staff_no=STAFF)
    assert (opened.allowed.barred, opened.worker) == (True, None)
    with pytest.raises(Problem) as written:
        staff_message(no=objection["no"], staff_no=STAFF, text="请你再想想。")
    assert written.value.code == "other_handler"
    for words in (("do", objection["no"], "accept"), ("do", objection["no"], "reply", "--text", "没问题。")):
        assert "定过的人这一次不能再办" in desk.run(*words, staff=STAFF).output
    assert desk.run("do", objection["no"], "accept", staff="B2").exit_code == 0
    assert STAFF in out_of(objection)


def test_who_takes_the_publication_back_may_answer_the_objection(
    published: Office, chosen: dict[str, Any], objector: Headers, submit: Submit, desk: Desk
) -> None:
    objection = submit("grievance", objector, answers=chosen)
    published.do("B2", "objected", "要查有没有房子。")
    assert desk.run("do", objection["no"], "accept", staff="B2").exit_code == 0


def test_who_decided_does_not_answer_it_by_way_of_what_it_was_merged_into(
    chosen: dict[str, Any], objector: Headers, submit: Submit, desk: Desk, sign_in: SignIn
) -> None:
    objection = submit("grievance", objector, answers=chosen)
    lead = submit("grievance", sign_in(Level.L1, who=person(3)), answers={**WRONG, "published": {"name": "不知道"}})
    for words in (
        ("do", lead["no"], "accept"),
        ("do", objection["no"], "accept"),
        ("do", objection["no"], "merge", "--into", lead["no"]),
    ):
        done = desk.run(*words, staff="B2")
        assert done.exit_code == 0, done.output
    refused = desk.run("do", lead["no"], "reply", "--text", "没问题。", staff="A1")
    assert "并到这里的一件" in refused.output, refused.output
    assert desk.run("do", lead["no"], "reply", "--text", "核实过了。", staff="B2").exit_code == 0


def test_without_the_rule_whoever_had_it_published_would_judge_the_objection(
    chosen: dict[str, Any], objector: Headers, submit: Submit, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publications, "who_decided", lambda *_: [])
    objection = submit("grievance", objector, answers=chosen)
    assert desk.run("do", objection["no"], "accept", staff="A1").exit_code == 0


@pytest.mark.parametrize("moment", ["09:00", "09:30"])
def test_two_that_are_alike_are_told_apart_on_the_phone_and_at_the_desk(
    app: Flask,
    client: FlaskClient,
    chosen: dict[str, Any],
    objector: Headers,
    sign_in: SignIn,
    submit: Submit,
    desk: Desk,
    freeze: Freeze,
    moment: str,
) -> None:
    freeze(at(f"2026-11-27 {moment}"))
    second = Office(desk, submit("hardship_aid", sign_in(Level.L3, who=person(6)))["no"])
    second.publish(by="B2")
    listed = {one["code"]: one["name"] for one in client.get(LIST).json["items"]}
    first, (other,) = chosen["published"]["code"], listed.keys() - {chosen["published"]["code"]}
    names = {code: f"测*，华强北街道，2026-11-27 {time} 起公示" for code, time in ((first, "09:00"), (other, moment))}
    if moment == "09:00":
        names = {code: f"{name}（尾号 {code[-4:]}）" for code, name in names.items()}
    assert listed == names
    # Chosen before there was another: under the name that it had, and it is still that one.
    assert "A1" in out_of(submit("grievance", objector, answers=chosen))
    # Said in own words, of a street that is not the one of the publication: the desk finds out which it was.
    objection = submit(
        "grievance", objector, answers={**WRONG, "street": ELSEWHERE, "published": {"name": "姓测的那位"}}
    )
    path, console = f"/console/cases/{objection['no']}/answers", desk_of(app, "K1", "district_rights")
    page = console.get(path).text
    assert all(name in page for name in listed.values())
    named = {**opened(console, objection["no"]), "q_published-code": other}
    done = console.post(path, named)
    assert done.status_code == 303, words_of(done)
    assert out_of(objection) == ["B2", "S1", "S2", "S3"]
    # It stays that one, whatever else is added, and when it stands no more.
    second.do("B2", "objected", "要查。")
    assert console.post(path, opened(console, objection["no"]) | {"q_place_text": "梅林一村"}).status_code == 303
    assert out_of(objection) == ["B2", "S1", "S2", "S3"]


def test_the_desk_need_not_type_the_street_of_what_it_chose(app: Flask, choice: dict[str, Any]) -> None:
    console = desk_of(app, "K1", "district_rights")
    told = {
        "q_kind": "complaint",
        "q_topic": "publication",
        "q_text": WRONG["text"],
        "q_wish": "reply",
        "q_published-code": choice["code"],
        "identity_mode": "named",
        "phone": person(752).phone,
        "name": person(752).name,
        "agreed_terms": "y",
    }
    other = console.post("/console/proxies/grievance", {**told, "q_street": "福田区 梅林街道"})
    assert (other.status_code, "和选的那一条公示的街道不一样" in words_of(other)) == (422, True)
    gone = console.post("/console/proxies/grievance", {**told, "q_published-code": "0198c0de"})
    assert (gone.status_code, "没有这一条公示" in words_of(gone)) == (422, True)
    assert console.post("/console/proxies/grievance", told).status_code == 200
    row = db.session.scalars(sa.select(Case).where(Case.service == "grievance")).one()
    assert (answers_of(row)["street"], "A1" in row.objected_to) == (STREET, True)


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"code": "0198c0de-0000-7000-8000-000000000000"}, "answers.published"),
        ({"code": "演示"}, "answers.published"),
        ({"name": "王*，华强北街道，2026-11-27 起公示"}, "answers.published"),
        ({"area": ELSEWHERE}, "answers.published"),
        ({"street": ELSEWHERE}, "answers.street"),
    ],
)
def test_what_is_chosen_is_one_of_the_list_in_its_words_and_street(
    chosen: dict[str, Any], objector: Headers, client: FlaskClient, changed: dict[str, str], path: str
) -> None:
    street = {"street": changed.get("street", chosen["street"])}
    named = {**chosen["published"], **{key: value for key, value in changed.items() if key != "street"}}
    sent = submission("grievance", answers={**chosen, **street, "published": named})
    refused = client.post("/api/v1/cases", json=sent, headers=objector)
    assert (refused.status_code, [*refused.json["errors"]]) == (422, [path]), refused.json


def test_one_in_own_words_is_found_out_by_staff_and_leaves_the_hands_of_who_decided(
    chosen: dict[str, Any], objector: Headers, submit: Submit, desk: Desk, follow: Follow
) -> None:
    own_words = {**WRONG, "street": ELSEWHERE, "published": {"name": "华强北姓演的那位"}}
    objection = submit("grievance", objector, answers=own_words)
    assert out_of(objection) == []
    assert desk.run("do", objection["no"], "accept", staff="A1").exit_code == 0
    assert fill(desk, objection, chosen["published"], staff="B2").exit_code == 0
    row = db.session.scalars(sa.select(Case).where(Case.no == objection["no"])).one()
    assert ("A1" in row.objected_to, row.handler_no) == (True, None)
    # From then on it is that one, whatever street was written, and more can be added.
    more = follow(objection, objector).post("supplements", {"answers": {"happened": "上周"}})
    assert more.status_code == 201, more.json
    for named in ({"name": "别的那位"}, {"name": "华强北姓演的那位"}):
        assert "选了的公示不能换" in fill(desk, objection, named, staff="B2").output
        assert "要由别的同事来办" in fill(desk, objection, named, staff="A1").output
        refused = follow(objection, objector).post("supplements", {"answers": {"published": named}})
        assert (refused.status_code, refused.json["code"]) == (409, "other_publication")
    db.session.expire_all()
    assert answers_of(row)["published"] == chosen["published"]


def test_where_nobody_else_is_left_the_head_is_told_at_once(
    chosen: dict[str, Any], objector: Headers, submit: Submit
) -> None:
    head = make_staff("H1", "finance")
    put_on_duty(head, DutyKind.HEAD, make_district())
    others = sa.select(StaffAccount.id).where(StaffAccount.number.in_([STAFF, "B2"]))
    with transaction() as session:
        session.execute(sa.update(RoleGrant).where(RoleGrant.staff_id.in_(others)).values(until=now()))
    objection = submit("grievance", objector, answers=chosen)
    told = db.session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "case.too_few")).one()
    assert (told.staff_no, NOBODY_WORKS in told.text) == (head.number, True)
    assert objection["no"] in told.text


def test_the_list_takes_one_query_however_many_there_are(
    choice: dict[str, Any], client: FlaskClient, count_queries: list[str]
) -> None:
    count_queries.clear()
    assert client.get(LIST).json["items"] == [choice]
    assert len(count_queries) == 1

"""Help in need, from one tap to the public list: who calls, who fills in, who visits, who decides."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.capabilities.models import CaseCall
from server.cases.models import Case
from server.cases.tasks import lapse_cases
from server.core.access import Level
from server.core.db import db, transaction
from tests.cases.aid import ACCOUNT, KEY, REST, RIDER, Office
from tests.cases.aid import case as case
from tests.cases.aid import office as office
from tests.cases.aid import rider as rider
from tests.cases.aid import street as street
from tests.cases.conftest import Desk, Follow, Freeze, Submit, submission
from tests.cases.test_in_confidence import make_union
from tests.moments import at
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

# ── one tap, and a call


@pytest.mark.parametrize(
    ("urgent", "due"), [("now", "2026-03-14T04:30:00+08:00"), ("later", "2026-03-15T02:30:00+08:00")]
)
def test_one_tap_at_any_hour_is_called_back_within_two_hours_or_a_day(
    sign_in: SignIn, submit: Submit, street: None, freeze: Freeze, urgent: str, due: str
) -> None:
    freeze(at("2026-03-14 02:30"))
    headers = sign_in(Level.L1)
    made = submit(KEY, headers, answers={"urgent": urgent, "phone": "", "name": "", "text": ""})
    assert made["next"]["by"] == due
    assert made["urgent"] is (urgent == "now")
    assert made["answers"]["phone"] == headers.person.phone, "the number of the account stands where none was written"


def test_what_staff_fill_in_is_not_asked_of_the_worker(client: FlaskClient, rider: Headers, street: None) -> None:
    described = client.get(f"/api/v1/services/{KEY}").json
    assert "income" not in described["form"]["properties"]
    assert "finance" not in {one["key"] for one in described["consents"]}
    refused = client.post("/api/v1/cases", json=submission(KEY, answers={"income": 100}), headers=rider)
    assert refused.json["errors"] == {"answers.income": ["表里没有这一项"]}


def test_the_call_that_got_through_closes_its_clock(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    office.do("S1", "talk", "说好了，明天上门。")
    seen = follow(case, rider).read()
    assert (seen["state_name"], [clock["key"] for clock in seen["clocks"]]) == ("打过电话，在填情况", ["file"])
    assert [(call.staff_no, call.reached) for call in db.session.scalars(sa.select(CaseCall))] == [("S1", True)]


def test_nobody_gives_up_before_three_calls_on_two_days(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers, freeze: Freeze, desk: Desk
) -> None:
    freeze(at("2026-11-27 09:00"))
    office.do("S1", "miss")
    for hour in (11, 14):
        freeze(at(f"2026-11-27 {hour}:00"))
        office.do("S1", "miss")
    assert "打了 3 次、1 天" in office.refused("S1", "give_up", "请打 12351。")
    freeze(at("2026-11-28 09:00"))
    office.do("S2", "miss")
    office.do("S2", "give_up", "请打 12351 找我们。")
    me = follow(case, rider)
    assert (me.read()["state_name"], me.read()["next"]["who"]) == ("几次没打通，等你回话", "worker")
    assert "S2 打电话：没打通" in desk.run("show", case["no"], staff="S1").output
    assert me.post("supplements", {"answers": {"text": "手机坏了，现在好了。"}}).status_code == 201
    assert me.read()["state_name"] == "等工会打给你"


def test_whoever_stays_silent_is_let_go_after_ten_working_days(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers, freeze: Freeze
) -> None:
    for day in ("2026-11-27 09:00", "2026-11-27 11:00", "2026-11-28 09:00"):
        freeze(at(day))
        office.do("S1", "miss")
    office.do("S1", "give_up", "请打 12351。")
    freeze(at("2026-12-11 17:59"))
    lapse_cases()
    assert follow(case, rider).read()["phase"] == "need_more"
    freeze(at("2026-12-11 18:01"))
    lapse_cases()
    assert follow(case, rider).read()["phase"] == "lapsed"


# ── the rest of the form, on the phone


def test_staff_fill_in_the_rest_and_the_category_shows_its_inputs(
    office: Office, desk: Desk, client: FlaskClient, rider: Headers
) -> None:
    office.do("S1", "talk", "说好了。")
    assert "全家最近十二个月的收入：这一项必填" in office.refused("S1", "file")
    filled = office.fill()
    assert filled.exit_code == 0, filled.output
    shown = desk.run("show", office.no, staff="S1").output
    assert "困难类别：深度困难（3 口人，一年收入 54,000.00 元" in shown
    assert "演示银行 尾号 0000" in shown
    assert ACCOUNT["number"] not in shown
    office.do("S1", "file")
    told = [one["body"] for one in client.get("/api/v1/notices", headers=rider).json["items"]]
    assert any("工会帮你填了情况，请打开看看对不对" in body for body in told)


def test_nothing_is_filed_before_it_was_read_aloud_and_agreed_to(office: Office) -> None:
    office.do("S1", "talk", "说好了。")
    office.fill("S1", REST, "identity", "finance")
    refused = office.refused("S1", "file")
    assert "家人的信息" in refused
    assert "收入和银行信息" not in refused


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"account": {"bank": "演示银行", "number": "6222020000000000001"}}, "请对着卡再看一遍"),
        ({"income": "很少"}, "整数"),
        ({"nothing": 1}, "表里没有这一项"),
        ({"street": "440304999"}, "从列表里选"),
    ],
)
def test_what_is_filled_in_wrongly_is_refused(office: Office, answers: dict[str, Any], words: str) -> None:
    refused = office.fill("S1", answers)
    assert (refused.exit_code, words in refused.output) == (1, True), refused.output


def test_what_staff_filled_in_stays_when_the_worker_adds_something(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    office.file()
    assert follow(case, rider).post("supplements", {"answers": {"text": "又住院了"}}).status_code == 201
    seen = follow(case, rider).read()["answers"]
    assert (seen["text"], seen["income"]) == ("又住院了", REST["income"])
    tried = follow(case, rider).post("supplements", {"answers": {"income": 1}})
    assert tried.json["errors"] == {"answers.income": ["表里没有这一项"]}


def test_another_street_neither_sees_nor_fills(office: Office, desk: Desk) -> None:
    make_staff("T1", "street_worker", union=make_union("OTHER"))
    assert desk.run("show", office.no, staff="T1").exit_code == 1
    assert office.fill("T1").exit_code == 1


# ── two who visit, the street, the district


def test_a_visit_takes_two_and_so_does_the_streets_word(office: Office) -> None:
    office.file()
    office.do("S1", "visit", "两个人都看过了。")
    assert "另一个人" in office.not_second("S1", "visit")
    office.second("S2", "visit")
    office.do("S2", "street_agree", "属实。")
    office.second("S1", "street_agree")
    assert "权限" in office.refused("S1", "district_agree")
    office.do("A1", "district_agree")


def test_what_is_published_has_no_name_no_reason_and_an_end(
    office: Office, client: FlaskClient, freeze: Freeze, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    freeze(at("2026-11-27 09:00"))
    office.publish()
    answer = client.get("/api/v1/publications")
    (item,) = answer.json["items"]
    assert (item["name_masked"], item["place"], item["kind"]) == ("测*", "华强北街道", "深度困难")
    assert item["until"] == "2026-12-04T18:00:00+08:00"
    assert RIDER.name not in answer.text
    assert case["no"] not in answer.text
    freeze(at("2026-12-04 18:01"))
    assert client.get("/api/v1/publications").json["items"] == []
    lapse_cases()
    assert follow(case, rider).read()["state_name"] == "公示完了，等批准"


def test_an_objection_takes_it_off_the_list_and_back_to_the_district(office: Office, client: FlaskClient) -> None:
    office.publish()
    office.do("A1", "objected", "有人说他有两套房，去查。")
    assert client.get("/api/v1/publications").json["items"] == []
    office.do("B2", "district_agree")
    assert len(client.get("/api/v1/publications").json["items"]) == 1


def test_nothing_is_published_without_consent(office: Office) -> None:
    office.file()
    with transaction() as session:
        session.execute(sa.update(Case).values(consents=[]))
    office.do("S1", "visit", "看过了。")
    office.second("S2", "visit")
    office.do("S1", "street_agree", "属实。")
    office.second("S2", "street_agree")
    assert "公示" in office.refused("A1", "district_agree")

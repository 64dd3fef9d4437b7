"""Help in need, from one tap to the money and the visits after it: who calls, who decides, who pays, who reads what."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases import paying
from server.cases.capabilities.models import CaseCall, CasePayment
from server.cases.models import Case
from server.cases.tasks import lapse_cases
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import SHANGHAI
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.models import Worker
from tests.cases.conftest import Desk, Follow, Freeze, Submit, consents, submission
from tests.cases.declared import services
from tests.cases.test_in_confidence import make_union
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

KEY = "hardship_aid"
REST = services()[KEY].example_by_staff
READ_ALOUD = ("identity", "health", "finance", "family", "publication", "truth")
RIDER = person(5)
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=SHANGHAI)
ACCOUNT: Mapping[str, str] = REST["account"]


def at(text: str) -> datetime:
    """An instant of Shanghai's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def street(app: object) -> None:
    """A street with three who work there, and two of finance in the district."""
    union = make_union("GH440304011")
    for number in ("S1", "S2", "S3"):
        make_staff(number, "street_worker", union=union)
    for number in ("F1", "F2"):
        make_staff(number, "finance")
    make_staff("R1", "ledger_review")


@pytest.fixture
def rider(sign_in: SignIn) -> Headers:
    """Somebody whom staff have seen."""
    return sign_in(Level.L3, who=RIDER)


class Office:
    """What staff do, each by name."""

    def __init__(self, desk: Desk, no: str) -> None:
        self._desk, self.no = desk, no

    def do(self, staff: str, step: str, text: str | None = None, *options: str) -> str:
        words = ["--text", text] if text else []
        done = self._desk.run("do", self.no, step, *words, *options, staff=staff)
        assert done.exit_code == 0, done.output
        return done.output

    def refused(self, staff: str, step: str, text: str | None = None, *options: str) -> str:
        words = ["--text", text] if text else []
        done = self._desk.run("do", self.no, step, *words, *options, staff=staff)
        assert done.exit_code == 1, done.output
        return done.output

    def second(self, staff: str, step: str) -> str:
        done = self._desk.run("approve", self.no, step, staff=staff)
        assert done.exit_code == 0, done.output
        return done.output

    def not_second(self, staff: str, step: str) -> str:
        done = self._desk.run("approve", self.no, step, staff=staff)
        assert done.exit_code == 1, done.output
        return done.output

    def fill(self, staff: str = "S1", answers: Mapping[str, Any] = REST, *agreed: str) -> Any:
        ticks = [part for key in agreed or READ_ALOUD for part in ("--agreed", key)]
        return self._desk.run("fill", self.no, "--answers", json.dumps(answers), *ticks, staff=staff)

    def file(self) -> None:
        self.do("S1", "talk", "说好了，明天上门。")
        assert self.fill().exit_code == 0
        self.do("S1", "file")

    def publish(self) -> None:
        self.file()
        self.do("S1", "visit", "两个人都看过了。")
        self.second("S2", "visit")
        self.do("S1", "street_agree", "属实。")
        self.second("S3", "street_agree")
        self.do("A1", "district_agree")

    def grant(self, amount: int = 300_000) -> None:
        self.do("A1", "grant", "按标准。", "--amount", str(amount))
        self.second("B2", "grant")


@pytest.fixture
def case(rider: Headers, submit: Submit, street: None, freeze: Freeze) -> dict[str, Any]:
    freeze(THURSDAY)
    return submit(KEY, rider)


@pytest.fixture
def office(desk: Desk, case: dict[str, Any]) -> Office:
    return Office(desk, case["no"])


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


# ── the money


@pytest.fixture
def publicised(office: Office, freeze: Freeze) -> Office:
    freeze(at("2026-11-27 09:00"))
    office.publish()
    freeze(at("2026-12-04 18:01"))
    lapse_cases()
    return office


def test_money_is_granted_by_two_and_paid_by_two_others(
    publicised: Office, desk: Desk, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    assert "金额" in publicised.refused("A1", "grant", "按标准。")
    publicised.grant(300_000)
    assert "权限" in publicised.refused("A1", "pay"), "who grants is not finance"
    seen = desk.run("payments", staff="F1").output
    assert f"{case['no']}  3,000.00 元  {RIDER.name}  演示银行  {ACCOUNT['number']}" in seen
    assert services()[KEY].example["text"] not in seen
    publicised.do("F1", "pay")
    assert "另一个人" in publicised.not_second("F1", "pay")
    publicised.second("F2", "pay")
    assert follow(case, rider).read()["state_name"] == "钱发了"
    assert "没有要发的钱" in desk.run("payments", staff="F1").output
    assert "3,000.00 元  批：A1、B2  发：F1、F2" in desk.run("ledger", staff="R1").output
    assert RIDER.name not in desk.run("ledger", staff="R1").output


def test_finance_reads_no_story_and_nobody_else_reads_accounts(publicised: Office, desk: Desk) -> None:
    publicised.grant()
    assert desk.run("show", publicised.no, staff="F1").exit_code == 1
    for staff in ("S1", "A1", "R1"):
        assert desk.run("payments", staff=staff).exit_code == 1
    assert desk.run("ledger", staff="S1").exit_code == 1
    with pytest.raises(Problem):
        paying.owed(staff_no="nobody")
    desk.run("payments", staff="F1")
    reads = db.session.scalars(sa.select(AuditEvent.actor).where(AuditEvent.action == "payment.read")).all()
    assert reads == ["staff:F1"]


def test_nobody_gets_money_whom_staff_have_not_seen(publicised: Office, desk: Desk) -> None:
    with transaction() as session:
        session.execute(sa.update(Worker).values(level=Level.L2))
    publicised.do("A1", "grant", "按标准。", "--amount", "300000")
    assert "本人先核验" in publicised.not_second("B2", "grant")
    assert db.session.scalars(sa.select(CasePayment)).all() == []


@pytest.mark.parametrize("amount", ["0", "-1", "2000001"])
def test_an_amount_past_the_limit_is_not_granted(publicised: Office, amount: str) -> None:
    publicised.do("A1", "grant", "多给点。", "--amount", amount)
    assert "金额要在" in publicised.not_second("B2", "grant")


def test_in_an_emergency_a_small_sum_comes_first_and_the_papers_within_ten_working_days(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers, desk: Desk
) -> None:
    office.do("S1", "talk", "今晚就没地方住。")
    assert office.fill("S1", {"account": ACCOUNT}, "finance").exit_code == 0
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "300001")
    assert "金额要在" in office.not_second("A1", "fast_grant")
    desk.run("decline", office.no, "fast_grant", staff="A1")
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "100000")
    assert "权限" in office.not_second("S2", "fast_grant"), "the chair of the district decides"
    office.second("A1", "fast_grant")
    assert follow(case, rider).read()["next"]["by"] == "2026-12-10T18:00:00+08:00"
    office.do("F1", "pay_first")
    office.second("F2", "pay_first")
    assert office.fill().exit_code == 0
    office.do("S1", "file")
    assert follow(case, rider).read()["state_name"] == "等上门看望"


def test_what_was_granted_and_not_paid_goes_when_the_worker_takes_it_back(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers, desk: Desk
) -> None:
    office.do("S1", "talk", "今晚就没地方住。")
    office.fill()
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "100000")
    office.second("A1", "fast_grant")
    office.do("S1", "file")
    assert follow(case, rider).post("withdrawal", {}).status_code == 200
    assert "没有要发的钱" in desk.run("payments", staff="F1").output


# ── afterwards


def test_it_is_followed_up_after_a_month_and_half_a_year(publicised: Office, desk: Desk, freeze: Freeze) -> None:
    def shown() -> str:
        return desk.run("show", publicised.no, staff="S1").output

    freeze(at("2026-12-07 10:00"))
    publicised.grant()
    publicised.do("F1", "pay")
    publicised.second("F2", "pay")
    assert "期限：发钱后一个月回访  1月6日（周三）24:00  在走" in shown()
    freeze(at("2027-01-06 10:00"))
    publicised.do("S1", "follow_up", "好多了。")
    assert "期限：半年后回访  6月7日（周一）24:00  在走" in shown(), "180 days, and on past a weekend"
    freeze(at("2027-06-04 10:00"))
    publicised.do("S1", "follow_up_again", "能跑单了。")
    publicised.do("S1", "leaves", "渡过难关了。")
    assert "渡过难关了" in shown().splitlines()[0]


def test_a_refusal_names_other_help_and_somebody_else_looks_again(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    office.file()
    office.do("S1", "visit", "看过了。")
    office.second("S2", "visit")
    office.do("S1", "refuse", "不在标准里，可以找民政临时救助。")
    me = follow(case, rider)
    assert "民政" in me.read()["messages"][-1]["text"]
    assert me.post("reopening", {"reason": "情况没看全。"}).status_code == 200
    assert me.read()["state_name"] == "打过电话，在填情况"
    # No way around what comes before the district's word: everything is filled in, read aloud and seen again.
    office.refused("A1", "district_agree")
    office.do("A1", "file")
    office.do("A1", "visit", "换人又看过了。")
    office.second("B2", "visit")


def test_what_the_district_refused_it_looks_at_again_with_somebody_else(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    office.file()
    office.do("S1", "visit", "看过了。")
    office.second("S2", "visit")
    office.do("S1", "street_agree", "属实。")
    office.second("S3", "street_agree")
    office.do("A1", "refuse_upper", "不在标准里，可以找民政临时救助。")
    me = follow(case, rider)
    assert me.post("reopening", {"reason": "情况没看全。"}).status_code == 200
    assert me.read()["state_name"] == "区总工会在审"
    office.do("B2", "district_agree")


def test_consents_at_the_tap_are_only_those_of_the_call(client: FlaskClient, rider: Headers, street: None) -> None:
    body = submission(KEY) | {"consents": consents("terms")}
    refused = client.post("/api/v1/cases", json=body, headers=rider)
    assert list(refused.json["errors"]) == ["consents.contact"]

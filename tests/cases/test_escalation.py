"""What is told when promises run out, to whom, and that it is told once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases import escalation
from server.cases.absences import be_away
from server.cases.escalation import escalate
from server.cases.models import Case
from server.clocks.models import Clock
from server.core.access import Level
from server.core.db import transaction
from server.notices.models import Notice, StaffNotice
from server.notices.staff import PHONE, mark_heard, send_to_office
from server.sms.service import SmsRejected
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.service import admit
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit
from tests.cases.test_in_confidence import make_union
from tests.moments import at
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff, put_on_duty
from tests.standins import StandIn


def on_duty(
    number: str, kind: DutyKind, union: TradeUnion, *, phone: str | None = None, works_for: TradeUnion | None = None
) -> None:
    account = make_staff(number, union=works_for)
    put_on_duty(account, kind, union, since=FRIDAY.date() - timedelta(days=30), phone=phone)


@pytest.fixture
def roster(app: Flask) -> None:
    """A desk and a head in the district, a desk and a chair in a street."""
    street = make_union("S1")
    on_duty("DESK", DutyKind.DESK, make_district())
    on_duty("HEAD", DutyKind.HEAD, make_district())
    on_duty("SDESK", DutyKind.DESK, street)
    on_duty("CHAIR", DutyKind.CHAIR, street)


def told(session: Session) -> list[tuple[str | None, str]]:
    """Who was told of what, since the last time this was asked."""
    session.rollback()
    found = session.scalars(sa.select(StaffNotice).where(StaffNotice.read_at.is_(None)))
    rows = sorted((one.staff_no or "-", one.kind, one.text.split("：")[1].split("，")[0]) for one in found)
    session.execute(sa.update(StaffNotice).values(read_at=FRIDAY))
    session.commit()
    return [(number, f"{kind} {what}") for number, kind, what in rows]


@pytest.mark.usefixtures("roster")
def test_a_case_nobody_takes_climbs_from_the_desk_to_the_head(
    sign_in: SignIn, submit: Submit, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    submit("grievance", sign_in(Level.L1))
    escalate(at=at("2026-03-13 15:30"))
    assert told(db_session) == [("DESK", "clock.80 决定由谁来办")]
    escalate(at=at("2026-03-13 16:01"))
    assert told(db_session) == [("DESK", "clock.100 决定由谁来办")]
    escalate(at=at("2026-03-16 10:00"))
    assert ("HEAD", "clock.150 决定由谁来办") in told(db_session)


@pytest.mark.usefixtures("roster")
def test_the_employers_own_union_hears_of_what_is_its_business_and_of_nothing_else(
    sign_in: SignIn, submit: Submit, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    firm = make_union("U1", firm_side=True, kind=UnionKind.UNIT)
    for number, kind in (("FDESK", DutyKind.DESK), ("FCHAIR", DutyKind.CHAIR), ("FHEAD", DutyKind.HEAD)):
        on_duty(number, kind, firm, works_for=firm)
    member = sign_in(Level.L1)
    with transaction() as session:
        admit(session, worker_id=member.worker_id, union=firm)
    submit("grievance", member, identity_mode="confidential")
    for when in ("2026-03-13 15:30", "2026-03-13 16:01", "2026-03-18 10:00", "2026-04-18 10:00"):
        escalate(at=at(when))
    assert {number for number, _ in told(db_session)} == {"DESK", "HEAD"}
    join = sign_in(Level.L2)
    statement = {"name": join.person.name, "agreed": True}
    no = submit("join_union", join, answers={"statement": statement})["no"]
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.no == no).values(union_id=firm.id))
    escalate(at=at("2026-04-18 10:00"))
    assert {"FDESK", "FCHAIR"} <= {number for number, _ in told(db_session)}


@pytest.mark.usefixtures("roster")
def test_whoever_has_it_in_hand_is_warned_alone_and_the_chair_hears_when_it_is_late(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    no = submit("grievance", sign_in(Level.L1))["no"]
    for step in (("accept",), ("dispatch", "--to", "S1", "--text", "请核实。")):
        assert desk.run("do", no, *step).exit_code == 0
    assert desk.run("do", no, "sign").exit_code == 0
    assert desk.run("do", no, "reach", "--text", "说好了。").exit_code == 0
    escalate(at=at("2026-03-19 17:00"))
    assert told(db_session) == [("A1024", "clock.80 办理并答复工友")]
    escalate(at=at("2026-03-20 18:00"))
    late = "clock.100 办理并答复工友"
    assert told(db_session) == [("A1024", late), ("CHAIR", late), ("DESK", late), ("SDESK", late)]
    escalate(at=at("2026-03-26 10:00"))
    assert ("HEAD", "clock.150 办理并答复工友") in told(db_session)
    assert escalate(at=at("2026-12-01 10:00")) == 0


def test_where_nobody_is_on_duty_the_status_says_so_until_somebody_looks(
    app: Flask, client: FlaskClient, sign_in: SignIn, submit: Submit, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    submit("grievance", sign_in(Level.L1))
    escalate(at=at("2026-03-13 16:01"))
    (warning,) = client.get("/status").json["warnings"]
    assert "没有人值班" in warning
    run = app.test_cli_runner().invoke
    assert "决定由谁来办" in run(args=["notices", "staff", "--nobody", "--read"]).output
    assert client.get("/status").json["warnings"] == []


def test_a_worker_is_reminded_on_the_first_and_third_day_and_not_in_the_office(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    case = submit("grievance", sign_in(Level.L1))
    desk.do(case, "accept", ("ask_more", "是哪个站点？"))
    for on in ("2026-03-16 09:00", "2026-03-16 09:05", "2026-03-18 09:00", "2026-03-19 09:00"):
        escalate(at=at(on))
    reminders = db_session.scalars(sa.select(Notice).where(Notice.kind == "case.reminder")).all()
    assert [notice.title for notice in reminders] == ["记得看一看"] * 2
    assert "3月20日（周五）18:00" in reminders[0].body
    assert told(db_session) == []


def test_a_hearing_is_announced_a_week_and_a_day_before(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, db_session: Session
) -> None:
    freeze(at("2026-03-02 10:00"))
    case = submit("legal_aid", sign_in(Level.L2))
    desk.do(case, "screen", "grant")
    desk.give(case)
    desk.do(case, "begin", "file", "arb_accepted")
    assert desk.run("do", case["no"], "hearing", "--on", "2026-03-18T09:30").exit_code == 0
    said = []
    for on in ("2026-03-10 12:00", "2026-03-11 09:00", "2026-03-16 09:00", "2026-03-17 09:00"):
        escalate(at=at(on))
        # The kind of which somebody rings up whom no message reaches.
        count = sa.select(sa.func.count()).select_from(Notice).where(Notice.kind == "case.last_day")
        said.append(db_session.scalar(count))
    assert said == [0, 1, 1, 2]


def test_what_is_late_goes_to_the_offices_phone_once_and_not_at_night(
    sign_in: SignIn, submit: Submit, freeze: Freeze, db_session: Session, sms_standin: StandIn
) -> None:
    freeze(FRIDAY)
    on_duty("DESK", DutyKind.DESK, make_district(), phone="19900000001")
    submit("grievance", sign_in(Level.L1))
    freeze(at("2026-03-13 23:00"))
    escalate(at=at("2026-03-13 23:00"))
    (notice,) = db_session.scalars(sa.select(StaffNotice))
    hours = db_session.scalar(
        sa.text(
            "SELECT extract(epoch FROM scheduled_at - now()) / 3600 FROM procrastinate_jobs"
            " WHERE task_name = 'notices.send_to_office'"
        )
    )
    assert 7.5 < hours <= 8, "from eleven at night to seven in the morning"
    for _ in range(2):
        send_to_office(notice_id=str(notice.id))
    sent = [message for message in sms_standin.messages() if message["phone"] == "19900000001"]
    assert len(sent) == 1
    assert "SQ" not in str(sent)


def test_whoever_has_it_without_a_duty_hears_by_the_desks_phone_once_an_hour(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, db_session: Session, sms_standin: StandIn
) -> None:
    freeze(FRIDAY)
    on_duty("DESK", DutyKind.DESK, make_district(), phone="19900000001")
    for _ in range(2):
        no = submit("grievance", sign_in(Level.L1))["no"]
        assert desk.run("do", no, "accept").exit_code == 0
        assert desk.run("do", no, "reach", "--text", "说好了。").exit_code == 0

    def lines(moment: str) -> list[str]:
        freeze(at(moment))
        escalate(at=at(moment))
        waiting = db_session.scalars(sa.select(StaffNotice).where(StaffNotice.staff_no == "A1024")).all()
        for notice in waiting:
            send_to_office(notice_id=str(notice.id), bundled=True)
        return [one["params"]["line"] for one in sms_standin.messages() if one["phone"] == "19900000001"]

    soon = "同事手上有工友的事项快到期了，请告诉同事"
    assert lines("2026-03-19 17:00") == [soon], "one for both"
    assert lines("2026-03-20 18:00") == [soon], "of what is late the desk is told itself"


def test_however_many_wait_behind_one_phone_it_rings_once_an_hour(
    freeze: Freeze, db_session: Session, sms_standin: StandIn
) -> None:
    freeze(FRIDAY)
    on_duty("DESK", DutyKind.DESK, make_district(), phone="19900000001")
    waiting = []
    for number in ("H1", "H2", "H3"):
        make_staff(number, "district_rights")
        waiting.append(StaffNotice(staff_no=number, kind="clock.80", text="快到期", link="/", created_at=FRIDAY))
    db_session.add_all(waiting)
    db_session.commit()
    for notice in waiting:
        send_to_office(notice_id=str(notice.id), bundled=True)
    assert len([one for one in sms_standin.messages() if one["phone"] == "19900000001"]) == 1


@pytest.mark.parametrize("read", [False, True])
def test_an_sms_that_fails_takes_nobody_along_for_whom_it_stood(
    app: Flask, freeze: Freeze, db_session: Session, sms_standin: StandIn, read: bool
) -> None:
    freeze(FRIDAY)
    on_duty("DESK", DutyKind.DESK, make_district(), phone="19900000001")
    for number in ("H1", "H2"):
        make_staff(number, "district_rights")
    first, second = (
        StaffNotice(staff_no=number, kind="clock.80", text="快到期", link="/", created_at=FRIDAY)
        for number in ("H1", "H2")
    )
    db_session.add_all([first, second])
    db_session.commit()
    sms_standin.fault("/v1/messages", errcode="no_balance", delay_ms=1500, times=1)

    def send_first() -> None:
        with app.app_context(), pytest.raises(SmsRejected):
            send_to_office(notice_id=str(first.id), bundled=True)

    def waiting() -> list[str]:
        jobs = "SELECT args->>'notice_id' FROM procrastinate_jobs WHERE task_name = 'notices.send_to_office'"
        return list(db_session.scalars(sa.text(jobs)))

    def sent() -> int:
        return len([one for one in sms_standin.messages() if one["phone"] == "19900000001"])

    with ThreadPoolExecutor() as threads:
        sending = threads.submit(send_first)
        while not sms_standin.calls("/v1/messages"):
            assert not sending.done()
        send_to_office(notice_id=str(second.id), bundled=True)
        sending.result()
    assert waiting() == [str(second.id)], "it is looked at again"
    freeze(FRIDAY + timedelta(minutes=6))
    if read:
        mark_heard(staff_no="H1")
    send_to_office(notice_id=str(first.id), bundled=True)
    send_to_office(notice_id=str(second.id), bundled=True)
    assert sent() == 1
    # What is sure asks no more.
    before = len(waiting())
    freeze(FRIDAY + timedelta(minutes=12))
    send_to_office(notice_id=str(second.id), bundled=True)
    assert (sent(), len(waiting())) == (1, before)


def test_a_wrong_phone_counts_as_no_sms_and_whoever_keeps_the_roster_is_told_once(
    freeze: Freeze, db_session: Session, sms_standin: StandIn
) -> None:
    freeze(FRIDAY)
    on_duty("DESK", DutyKind.DESK, make_district(), phone="19900000001")
    make_staff("SEC", "security_admin")
    late = [
        StaffNotice(staff_no="DESK", kind="clock.80", text=text, link="/", created_at=FRIDAY) for text in ("一", "二")
    ]
    db_session.add_all(late)
    db_session.commit()
    sms_standin.fault("/v1/messages", errcode="invalid_number", times=2)
    for notice in late:
        send_to_office(notice_id=str(notice.id), bundled=True)
    db_session.rollback()
    assert [notice.sms_at for notice in late] == [None, None], "it stands for no other"
    told = db_session.execute(sa.select(StaffNotice.staff_no, StaffNotice.text).where(StaffNotice.kind == PHONE)).all()
    assert [tuple(one) for one in told] == [("SEC", "工号 DESK 的提醒发不出短信：值班表里的电话号码不对，请改")]


def test_a_job_killed_half_way_tells_the_rest_and_nothing_twice(
    sign_in: SignIn, submit: Submit, freeze: Freeze, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(FRIDAY)
    on_duty("DESK", DutyKind.DESK, make_district())
    headers = sign_in(Level.L1)
    for _ in range(5):
        submit("grievance", headers)
    real, batches = escalation.tell_staff, []

    def dying(*args: object, **kwargs: object) -> None:
        batches.append(1)
        if len(batches) == 3:
            raise KeyboardInterrupt
        real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(escalation, "tell_staff", dying)
    monkeypatch.setattr(escalation, "BATCH", 2)
    with pytest.raises(KeyboardInterrupt):
        escalate(at=at("2026-03-13 16:01"))
    db_session.rollback()
    monkeypatch.setattr(escalation, "tell_staff", real)
    escalate(at=at("2026-03-13 16:01"))
    texts = db_session.scalars(sa.select(StaffNotice.text)).all()
    assert len(texts) == len(set(texts)) == 5


@pytest.mark.parametrize("away", [False, True], ids=["there", "away"])
def test_whoever_has_the_lead_is_told_of_what_was_merged_without_a_query_for_each(
    away: bool,
    sign_in: SignIn,
    submit: Submit,
    desk: Desk,
    freeze: Freeze,
    db_session: Session,
    count_queries: list[str],
) -> None:
    freeze(FRIDAY)
    leads = []
    for _ in range(6):
        lead, merged = (submit("grievance", sign_in(Level.L1)) for _ in range(2))
        for case, staff in ((lead, "B2"), (merged, "A1")):
            assert desk.run("do", case["no"], "accept", staff=staff).exit_code == 0
        assert desk.run("do", merged["no"], "merge", "--into", lead["no"], staff="A1").exit_code == 0
        leads.append(lead["no"])
    if away:
        # Of each of them it has to be known whether who stands in may work on it.
        for number, delegate in (("B2", "C3"), ("A1", "D4")):
            make_staff(delegate)
            be_away(number=number, first_day=FRIDAY.date(), last_day=FRIDAY.date(), delegate=delegate)
    reads = []
    for few in (leads[:2], leads[2:]):
        ours = sa.select(Case.id).where(Case.no.in_(few))
        merged_ids = sa.select(Case.id).where(Case.lead_id.in_(ours))
        answers = sa.update(Clock).where(Clock.owner_id.in_(merged_ids), Clock.key == "answer")
        db_session.execute(answers.values(due_at=FRIDAY, alarm_at=FRIDAY))
        db_session.commit()
        count_queries.clear()
        escalate(at=FRIDAY + timedelta(minutes=1))
        reads.append(len([one for one in count_queries if one.lstrip().startswith(("SELECT", "WITH"))]))
    db_session.rollback()
    who = "C3" if away else "B2"
    told = sa.select(StaffNotice.link).where(StaffNotice.staff_no == who, StaffNotice.kind.startswith("clock."))
    assert set(db_session.scalars(told)) == {f"/cases/{no}" for no in leads}
    assert reads[0] == reads[1]


def test_who_was_merged_is_not_left_without_an_answer_while_the_lead_stands_still(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    theirs, others = sign_in(Level.L1), sign_in(Level.L1)
    lead, merged = submit("grievance", theirs), submit("grievance", others)
    assert desk.run("do", lead["no"], "accept", staff="B2").exit_code == 0
    assert desk.run("do", merged["no"], "accept", staff="A1").exit_code == 0
    assert desk.run("do", merged["no"], "merge", "--into", lead["no"], staff="A1").exit_code == 0
    assert desk.run("do", lead["no"], "ask_more", "--text", "哪一天的？", staff="B2").exit_code == 0
    promised = {clock["key"]: clock["due_at"] for clock in follow(merged, others).read()["clocks"]}["answer"]
    escalate(at=datetime.fromisoformat(promised) + timedelta(minutes=1))
    db_session.rollback()
    rung = db_session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "clock.100")).all()
    assert {(one.staff_no, one.link) for one in rung} == {
        ("A1", f"/cases/{merged['no']}"),
        ("B2", f"/cases/{lead['no']}"),
    }
    assert all(merged["no"] in one.text for one in rung)
    assert follow(lead, theirs).post("supplements", {"answers": {"firm": "演示二站"}}).status_code == 201
    assert desk.run("do", lead["no"], "reply", "--text", "站点补发了。", staff="B2").exit_code == 0
    assert {follow(case, who).read()["state_name"] for case, who in ((lead, theirs), (merged, others))} == {"已答复"}

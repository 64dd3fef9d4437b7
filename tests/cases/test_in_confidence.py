"""Sent in confidence: the union can look up who it is, with a reason that stays; nobody else can."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases import writing
from server.cases.catalogue import keep
from server.cases.files.models import Attachment
from server.cases.models import Case, CaseEvent, CaseNote
from server.cases.outside import TOLD
from server.cases.proposals import MAY_LOOK_FOR
from server.cases.reader import service_of
from server.cases.tasks import lapse_cases
from server.cases.vocabulary import IdentityMode
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.identity.models import Worker
from server.notices.models import StaffNotice
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.staff.models import StaffAccount
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit
from tests.cases.declared import document, pausable
from tests.cases.files.conftest import jpeg
from tests.desk import desk_of, words
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff, put_on_duty

WORDS = "昨晚十一点站长在早会上骂了我们三个人，还扣了二百元。"


def test_the_worker_follows_it_like_any_other(client: FlaskClient, sign_in: SignIn, submit: Submit) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers, identity_mode="confidential")
    assert case["identity_mode"] == "confidential"
    assert "secret" not in case
    assert client.get(f"/api/v1/cases/{case['no']}", headers=headers).status_code == 200
    assert client.get(f"/api/v1/cases/{case['no']}", headers=sign_in(Level.L1)).status_code == 404


def test_whoever_opens_it_does_not_see_who_it_is(
    sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
) -> None:
    headers = sign_in(Level.L2)
    phone = db_session.get_one(Worker, headers.worker_id).phone
    assert phone
    named, hidden = (submit("grievance", headers, identity_mode=mode)["no"] for mode in ("named", "confidential"))
    assert phone in desk.run("show", named).output
    shown = desk.run("show", hidden).output
    assert phone not in shown
    assert "隐名" in shown


def test_a_look_at_who_it_is_takes_a_reason_and_a_second_person_and_is_recorded(
    sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
) -> None:
    headers = sign_in(Level.L2)
    phone = db_session.get_one(Worker, headers.worker_id).phone or ""
    no = submit("grievance", headers, identity_mode="confidential")["no"]
    assert phone not in desk.run("reveal", no, "--because", "  ").output
    assert desk.run("reveal", no).exit_code == 1
    assert phone not in desk.run("reveal", no, "--because", "要陪她去劳动监察").output
    assert desk.run("reveal", no).exit_code == 1, "nobody has approved it"
    assert desk.run("approve", no, "reveal").exit_code == 1, "nobody approves their own"
    assert phone not in desk.run("approve", no, "reveal", staff="B2").output
    assert desk.run("reveal", no, staff="B2").exit_code == 1, "only whoever gave the reason looks"
    assert db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.reveal")).all() == []
    assert phone in desk.run("reveal", no).output
    (seen,) = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.reveal"))
    assert (seen.actor, seen.detail) == ("staff:A1024", {})
    (note,) = db_session.scalars(sa.select(CaseNote))
    assert note.text == "要陪她去劳动监察"


def test_an_approval_is_good_for_a_day_and_a_refusal_for_nothing(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L2)
    no = submit("grievance", headers, identity_mode="confidential")["no"]
    desk.run("reveal", no, "--because", "想知道")
    assert desk.run("decline", no, "reveal", staff="B2").exit_code == 0
    assert desk.run("reveal", no).exit_code == 1
    desk.run("reveal", no, "--because", "要陪她去劳动监察")
    desk.run("approve", no, "reveal", staff="B2")
    freeze(FRIDAY + MAY_LOOK_FOR - timedelta(seconds=1))
    assert headers.person.phone in desk.run("reveal", no).output
    freeze(FRIDAY + MAY_LOOK_FOR)
    assert desk.run("reveal", no).exit_code == 1


def test_who_a_named_case_is_from_needs_no_asking(sign_in: SignIn, submit: Submit, desk: Desk) -> None:
    no = submit("grievance", sign_in(Level.L2))["no"]
    assert desk.run("reveal", no, "--because", "想知道").exit_code == 1


def test_an_anonymous_case_is_from_nobody(submit: Submit, desk: Desk) -> None:
    assert "没有人知道是谁" in desk.run("reveal", submit()["no"]).output


@pytest.mark.parametrize("mode", ["named", "confidential"])
def test_an_office_outside_sees_what_it_is_about_and_no_word_of_who_wrote(
    sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session, mode: str
) -> None:
    union = make_union("S1")
    make_staff("P1", "partner_office", union=union)
    headers = sign_in(Level.L2)
    phone = db_session.get_one(Worker, headers.worker_id).phone or ""
    answers = {"text": WORDS, "firm": "演示配送站"}
    no = submit("grievance", headers, identity_mode=mode, answers=answers)["no"]
    # What the staff write for each other stays inside: notes, why somebody asked, why another office gave it back.
    inside = ("站点的合同编号记在台账里。", "要陪她去劳动监察", "这家单位不在我们街道。")
    brief = ("dispatch", "--to", "S1", "--text", "请核实罚款依据。")
    for step in (("accept",), brief, ("return_once", "--text", inside[2]), brief):
        done = desk.run("do", no, *step)
        assert done.exit_code == 0, done.output
    writing.staff_note(no=no, staff_no="A1", text=inside[0])
    assert desk.run("hold", no, "--because", inside[1]).exit_code == 0
    if mode == "confidential":
        assert desk.run("reveal", no, "--because", inside[1]).exit_code == 0
    assert desk.run("show", no, staff="P1").exit_code == 1
    assert desk.run("reveal", no, "--because", "想知道", staff="P1").exit_code == 1
    seen = desk.run("outside", no, staff="P1").output
    assert "请核实罚款依据" in seen
    assert "投诉" in seen
    for hidden in (phone, WORDS, WORDS[4:12], "演示配送站", "站点从 3 月", *inside):
        assert hidden not in seen
    (read,) = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.read_outside"))
    assert read.actor == "staff:P1"


@pytest.mark.parametrize("mode", ["named", "confidential", "anonymous"])
def test_an_office_outside_tells_the_union_and_nobody_else(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, mode: str
) -> None:
    union = make_union("S1")
    clerk = desk_of(app, "W1", "street_worker", union=union)
    headers = None if mode == "anonymous" else sign_in(Level.L2)
    case = submit("grievance", headers, identity_mode=mode)
    no, before = case["no"], follow(case, headers).read()
    brief = ("dispatch", "--to", "S1", "--text", "请核实罚款依据。")
    for step in (("accept",), brief):
        assert desk.run("do", no, *step).exit_code == 0
    office = desk_of(app, "P1", "partner_office", union=union)
    assert desk.run("do", no, "sign", staff="W1").exit_code == 0
    path = f"/console/cases/{no}/outside"
    page = words(office.get(f"/console/cases/{no}"))
    assert "收到了，在办" in page
    for _ in range(2):
        assert office.post(f"{path}/received").status_code == 303
    assert "请写查到了什么" in words(office.post(f"{path}/answer", {"text": " "}))
    found = "站点没有制度，罚款没有依据，已要求退还。"
    for _ in range(2):
        assert office.post(f"{path}/answer", {"text": found}).status_code == 303
    # The same words once more, now with the file that was forgotten.
    again = {"text": found, "files": (io.BytesIO(jpeg()), "a.jpg")}
    assert office.post(f"{path}/answer", again).status_code == 303
    assert db.session.scalars(sa.select(Attachment.note_id).where(Attachment.note_id.is_not(None))).all()
    page = office.get(f"/console/cases/{no}")
    assert found in page.text
    for hidden in (WORDS, "演示配送站") + ((headers.person.phone, headers.person.name) if headers else ()):
        assert hidden not in page.text
    # Whoever has it in hand is told once of each, and reads it among what stays inside.
    told = [
        one.text
        for one in db.session.scalars(
            sa.select(StaffNotice).where(StaffNotice.staff_no == "W1").order_by(StaffNotice.id)
        )
    ]
    answer = "外单位的答复，请看内部记录，再答复工友"
    assert [one.partition("：")[2] for one in told] == ["外单位收到了", answer, answer]
    assert f"外单位的答复 {found}" in words(clerk.get(f"/console/cases/{no}"))
    after = follow(case, headers).read()
    assert (found in str(after), after["messages"]) == (False, before["messages"])
    acts = db.session.scalars(sa.select(AuditEvent.actor).where(AuditEvent.action == "case.tell_union")).all()
    assert acts == ["staff:P1"] * 3
    # Another office that gets it next reads nothing of what this one found, and this one says nothing more.
    other = desk_of(app, "P2", "partner_office", union=make_union("S2"))
    assert other.post(f"{path}/answer", {"text": found}).status_code == 404
    assert desk.run("do", no, "dispatch", "--to", "S2", "--text", "请接着核实。", staff="W1").exit_code == 0
    assert found not in other.get(f"/console/cases/{no}").text
    assert office.post(f"{path}/answer", {"text": "还有"}).status_code == 404


@pytest.mark.parametrize("what", ["received", "answer"])
def test_an_office_outside_signs_by_what_it_tells(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, what: str
) -> None:
    freeze(FRIDAY)
    union = make_union("S1")
    clerk = desk_of(app, "W1", "street_worker", union=union)
    put_on_duty(db.session.scalars(sa.select(StaffAccount).filter_by(number="W1")).one(), DutyKind.DESK, union)
    no = submit("grievance", sign_in(Level.L2))["no"]
    for step in (("accept",), ("dispatch", "--to", "S1", "--text", "请核实罚款依据。")):
        assert desk.run("do", no, *step).exit_code == 0
    office = desk_of(app, "P1", "partner_office", union=union)
    freeze(FRIDAY + timedelta(minutes=10))
    for _ in range(2):
        found = {"text": "已经查到依据。"} if what == "answer" else {}
        assert office.post(f"/console/cases/{no}/outside/{what}", found).status_code == 303
    case = db.session.scalars(sa.select(Case).where(Case.no == no)).one()
    # The union still owes the worker its first call and the answer, and nobody outside has the case in hand.
    running = {clock.key for clock in clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id) if not clock.stopped_at}
    assert (case.state, case.handler_no, running) == ("handling", None, {"contact", "answer"})
    met = db.session.execute(
        sa.select(CaseEvent.step, CaseEvent.staff_no, CaseEvent.at).where(CaseEvent.case_id == case.id)
    ).all()
    assert [one for one in met if one.step == "sign"] == [("sign", "P1", FRIDAY + timedelta(minutes=10))]
    told = db.session.scalars(sa.select(StaffNotice.text).where(StaffNotice.kind == TOLD)).all()
    assert len(told) == 1
    assert ("已经算签收" in told[0]) == (what == "received")
    assert "P1" in words(clerk.get(f"/console/cases/{no}"))
    # Nothing is taken back at the end of its time, and the union goes on with what came.
    freeze(FRIDAY + timedelta(days=5))
    lapse_cases()
    db.session.rollback()
    assert db.session.scalars(sa.select(Case.state)).one() == "handling"
    assert desk.run("do", no, "reply", "--text", "已经核实，退还罚款。", staff="W1").exit_code == 0


def test_on_an_older_version_the_desk_is_asked_to_sign_for_it(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    union = make_union("S1")
    clerk = make_staff("W1", "street_worker", union=union)
    put_on_duty(clerk, DutyKind.DESK, union)
    no = submit("grievance", sign_in(Level.L2))["no"]
    older = document("grievance") | {"version": 24}
    del older["flow"]["transitions"]["sign"]["by-outside"]
    keep(service_of(older, pausable=pausable()))
    with transaction() as session:
        session.execute(sa.update(Case).values(service_version=24))
    for step in (("accept",), ("dispatch", "--to", "S1", "--text", "请核实罚款依据。")):
        assert desk.run("do", no, *step).exit_code == 0
    office = desk_of(app, "P1", "partner_office", union=union)
    assert office.post(f"/console/cases/{no}/outside/received").status_code == 303
    assert db.session.scalars(sa.select(Case.state)).one() == "dispatched"
    asked = f"{no}：外单位收到了，请替它签收，不然到期会收回来"
    assert db.session.scalars(sa.select(StaffNotice.text).where(StaffNotice.kind == TOLD)).all() == [asked]
    # Once somebody did, nothing is to be signed for any more.
    assert desk.run("do", no, "sign", staff="W1").exit_code == 0
    freeze(FRIDAY + timedelta(days=5))
    lapse_cases()
    db.session.rollback()
    assert db.session.scalars(sa.select(Case.state)).one() == "handling"


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_what_is_sent_on_is_written_anew(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, mode: str
) -> None:
    headers = sign_in(Level.L2) if mode == "confidential" else None
    case = submit("grievance", headers, identity_mode=mode, answers={"text": WORDS})
    told = {"text": "他后来又说要把我调去别的组，不然就走人。"}
    assert follow(case, headers).post("messages", told).status_code == 201
    union = make_union("S1")
    assert desk.run("do", case["no"], "accept").exit_code == 0
    for copied in (f"请核实：{WORDS}", "请核实：“后来又说要把我，调去别的组”一事。"):
        refused = desk.run("do", case["no"], "dispatch", "--to", union.code, "--text", copied)
        assert refused.exit_code == 1
        assert "不要抄工友的原话" in refused.output
    if headers is not None:
        for pointing in (headers.person.name, headers.person.phone, headers.person.id_number):
            refused = desk.run("do", case["no"], "dispatch", "--to", union.code, "--text", f"请联系 {pointing}。")
            assert "要求隐名" in refused.output
    assert desk.run("do", case["no"], "dispatch", "--to", union.code, "--text", "请核实罚款依据。").exit_code == 0


def test_of_a_named_case_the_words_may_go_along(sign_in: SignIn, submit: Submit, desk: Desk) -> None:
    no = submit("grievance", sign_in(Level.L2), identity_mode="named", answers={"text": WORDS})["no"]
    make_union("S1")
    assert desk.run("do", no, "accept").exit_code == 0
    assert desk.run("do", no, "dispatch", "--to", "S1", "--text", WORDS).exit_code == 0


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_whoever_was_merged_into_a_named_case_stays_unknown_outside(
    sign_in: SignIn, submit: Submit, desk: Desk, mode: str
) -> None:
    make_union("S1")
    hidden = sign_in(Level.L2) if mode == "confidential" else None
    own = {"text": "站点扣钱，也不说依据。"}
    lead = submit("grievance", sign_in(Level.L2), identity_mode="named", answers=own)["no"]
    merged = submit("grievance", hidden, identity_mode=mode, answers={"text": WORDS})["no"]
    for no in (lead, merged):
        assert desk.run("do", no, "accept").exit_code == 0
    assert desk.run("do", merged, "merge", "--into", lead).exit_code == 0

    def sent_on(text: str) -> str:
        return desk.run("do", lead, "dispatch", "--to", "S1", "--text", text).output

    assert "不要抄工友的原话" in sent_on(f"请核实：{WORDS}")
    if hidden is not None:
        for pointing in (hidden.person.name, hidden.person.phone, hidden.person.id_number):
            assert "有人要求隐名" in sent_on(f"请联系 {pointing}。")
    sent_on(f"请核实：{own['text']}")
    assert "已转承办工会" in desk.run("show", lead).output, "the lead gave their name: their words may go along"


def test_anonymous_and_confidential_cases_keep_what_they_promise_in_their_rows(
    sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    submit()
    submit("grievance", sign_in(Level.L1), identity_mode="confidential")
    kept = {case.identity_mode: case for case in db_session.scalars(sa.select(Case))}
    assert kept[IdentityMode.ANONYMOUS].worker_id is None
    assert kept[IdentityMode.CONFIDENTIAL].worker_id is not None
    assert kept[IdentityMode.CONFIDENTIAL].secret_digest is None


def make_union(code: str, *, firm_side: bool = False, kind: UnionKind = UnionKind.STREET) -> TradeUnion:
    """A union under 福田's."""
    with transaction() as session:
        union = TradeUnion(
            code=code,
            name=f"街道总工会{code}",
            kind=kind,
            parent_id=make_district().id,
            area_code="440304011",
            firm_side=firm_side,
        )
        session.add(union)
        session.flush()
    return union

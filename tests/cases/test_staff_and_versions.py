"""What staff do with a case and leave behind, and the version that it runs on."""

import re

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases.models import Case
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import transaction
from server.unions.service import admit
from tests.cases.conftest import FRIDAY, STAFF, Desk, Follow, Freeze, Submit
from tests.sign_in import SignIn
from tests.staff import make_staff, make_street


class TestStaff:
    def test_the_list_shows_numbers_states_and_dates_and_nobodys_data(
        self, sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze
    ) -> None:
        freeze(FRIDAY)
        first = submit("grievance", sign_in(Level.L1))
        urgent = submit("grievance", sign_in(Level.L1), answers={"text": "宿舍楼道着火了，快来人"})
        lines = desk.run("list").output.splitlines()
        assert lines == [
            f"{urgent['no']}  【急】反映问题  已提交  最晚 3月16日（周一）18:00",
            f"{first['no']}  反映问题  已提交  最晚 3月16日（周一）18:00",
        ]

    def test_the_list_leaves_out_what_is_over(
        self, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow
    ) -> None:
        headers = sign_in(Level.L1)
        case = submit("grievance", headers)
        follow(case, headers).post("withdrawal", {})
        assert desk.run("list").output == "没有要办的事\n"
        assert case["no"] in desk.run("list", "--all").output

    def test_the_list_reaches_as_far_as_the_office_and_is_recorded(
        self, sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
    ) -> None:
        street, next_street = make_street("440304011"), make_street("440304001")
        for number, role, union in (("S1", "street_worker", street), ("S2", "street_worker", next_street)):
            make_staff(number, role, union=union)
        make_staff("F1", "finance")
        who = sign_in(Level.L2)
        with transaction() as session:
            admit(session, worker_id=who.worker_id, union=street)
        no = submit("grievance", who)["no"]
        assert no in desk.run("list", staff="S1").output
        assert desk.run("list", staff="S2").output == "没有要办的事\n"
        for stranger in ("F1", "NOBODY"):
            refused = desk.run("list", staff=stranger)
            assert (refused.exit_code, no in refused.output) == (1, False)
        read = db_session.execute(
            sa.select(AuditEvent.actor, AuditEvent.detail).where(AuditEvent.action == "case.read_list")
        )
        assert sorted((actor, detail["cases"]) for actor, detail in read) == [("staff:S1", 1), ("staff:S2", 0)]

    def test_opening_a_case_shows_it_in_words_and_is_recorded(
        self, sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
    ) -> None:
        headers = sign_in(Level.L2)
        case = submit("legal_aid", headers)
        shown = desk.run("show", case["no"]).output
        assert headers.person.name in shown
        assert headers.person.phone in shown
        assert headers.person.id_number not in shown
        assert "出了什么事：欠我钱" in shown
        assert "每个月的工钱 · 第 1 行 · 应该给：8,200.00 元" in shown
        assert "申请劳动仲裁的最后一天：越早申请越好" in shown
        assert "grant_first_else  别的理由先行援助（法定的，选一条，写明情况）（要写明内容）" in shown
        read = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.read")).one()
        assert read.actor == f"staff:{STAFF}"

    def test_the_handler_never_sees_the_rating(
        self, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow
    ) -> None:
        headers = sign_in(Level.L1)
        case = submit("grievance", headers)
        desk.do(case, "accept", ("reply", "已经处理。"))
        follow(case, headers).post("rating", {"solved": False, "attitude": 1, "result": 1, "comment": "态度很差"})
        assert "态度很差" not in desk.run("show", case["no"]).output

    def test_what_a_worker_wrote_cannot_play_with_the_terminal(
        self, sign_in: SignIn, submit: Submit, desk: Desk
    ) -> None:
        case = submit("grievance", sign_in(Level.L1), answers={"text": "清屏试试 \x1b[2J\x1b[31m 看到了吗"})
        assert "\x1b" not in desk.run("show", case["no"]).output

    def test_a_step_names_the_staff_member_in_the_audit(
        self, sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
    ) -> None:
        case = submit("grievance", sign_in(Level.L1))
        desk.run("do", case["no"], "accept", staff="B2")
        event = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.accept")).one()
        assert (event.actor, event.detail) == (
            "staff:B2",
            {"from": "submitted", "to": "accepted", "version": 2},
        )

    def test_a_step_that_needs_words_is_refused_without(self, sign_in: SignIn, submit: Submit, desk: Desk) -> None:
        case = submit("grievance", sign_in(Level.L1))
        desk.do(case, "accept")
        refused = desk.run("do", case["no"], "reply")
        assert refused.exit_code == 1
        assert "这一步要写明内容" in refused.output

    def test_a_step_of_the_worker_is_not_for_staff(self, sign_in: SignIn, submit: Submit, desk: Desk) -> None:
        case = submit("grievance", sign_in(Level.L1))
        assert desk.run("do", case["no"], "withdraw").exit_code == 1

    def test_who_saw_an_older_version_is_told(self, sign_in: SignIn, submit: Submit, desk: Desk) -> None:
        case = submit("grievance", sign_in(Level.L1))
        desk.do(case, "accept")
        late = desk.run("do", case["no"], "begin", "--version", "1")
        assert late.exit_code == 1
        assert "刚刚有人改过" in late.output

    def test_a_staff_number_is_not_a_name(self, sign_in: SignIn, submit: Submit, desk: Desk) -> None:
        case = submit("grievance", sign_in(Level.L1))
        assert desk.run("show", case["no"], staff="王工").exit_code == 2

    def test_a_number_that_is_not_there(self, desk: Desk) -> None:
        assert desk.run("show", "SQ260313-0001-A").exit_code == 1

    def test_the_services_are_checked_and_kept(self, desk: Desk, db_session: Session) -> None:
        checked = desk.run("services")
        assert checked.exit_code == 0
        assert re.search("grievance  反映问题  version [0-9]", checked.output)


def test_a_case_runs_on_the_version_it_began_with(
    client: FlaskClient, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session
) -> None:
    from dataclasses import replace

    known = client.application.extensions["warmbee_services"]
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    old = known.current["grievance"]
    try:
        known.current["grievance"] = replace(old, version=old.version + 1, name="新的名字")
        assert follow(case, headers).read()["service_name"] == "反映问题"
        desk.do(case, "accept")
        assert db_session.scalars(sa.select(Case.service_version)).one() == old.version
    finally:
        known.current["grievance"] = old
        known.earlier.clear()

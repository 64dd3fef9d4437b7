"""Every command that names its member of the staff, on what belongs to one street, with who may give it."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.activities import planning
from server.activities.models import ActivityGroup
from server.cases.models import Case
from server.core.access import Level
from server.core.audit.reading import AuditAlarm
from server.core.clock import now, today
from server.core.db import db, transaction
from server.identity.models import ActKind, DeskRequest
from server.me import accounts
from server.notices.models import Delivery, DeliveryState, Notice, Way
from server.notices.plans import kinds_to_call
from server.notices.service import notify
from server.notices.worded import worded
from server.stations.managers.models import StationManager
from server.stations.models import OverrideKind, Station, StationOverride
from server.unions.duty.models import StaffDuty
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import Membership, TradeUnion
from server.unions.service import admit
from server.unions.staff.models import RoleGrant
from server.unions.staff.vocabulary import GrantState
from server.unions.vocabulary import UnionKind
from tests.activities.conftest import new_activity
from tests.cases.conftest import submission
from tests.me.conftest import verify_as
from tests.people import person
from tests.rosters import make_union
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff, make_street
from tests.stations.making import make_station

STREET, NEXT_STREET = "440304011", "440304001"


class Street:
    """A street with a member who has asked for things, and all that the street looks after."""

    def __init__(self, client: FlaskClient, sign_in: SignIn, folder: Path) -> None:
        self._client, self._sign_in, self.folder = client, sign_in, folder
        self.district, self.union, self.next = make_district(), make_street(STREET), make_street(NEXT_STREET)
        self.other_district = self._district_next_door()
        self.member, self.verified, self.other = self._members()
        self.membership_id = db.session.scalars(
            sa.select(Membership.id).where(Membership.worker_id == self.member.worker_id)
        ).one()
        self.case_no, self.answered_no = self._case(), self._case()
        self.request_id = self._verification()
        self.correction_id = self._ask("/me/corrections", {"text": "名字里有一个字错了"})["id"]
        self.notice_id = self._message_to_call_about()
        self.activity_id = planning.announce(new_activity(organiser=self.union), actor="system")
        self.signup_id = self._ask(f"/activities/{self.activity_id}/signups", {})["id"]
        self.pool_id = db.session.scalars(sa.select(ActivityGroup.pool_id)).one()
        make_union(f"GH{STREET}-01", area_code=STREET, under=self.union)
        self.keeper_id = self._keeper(make_station("FT0001", street_code=STREET))
        self._staff()

    def _district_next_door(self) -> TradeUnion:
        with transaction() as session:
            made = TradeUnion(code="GH440305", name="别的区总工会", kind=UnionKind.DISTRICT, area_code="440305")
            session.add(made)
        return made

    def _members(self) -> tuple[Headers, Headers, Headers]:
        found = (self._sign_in(Level.L1), self._sign_in(Level.L2), self._sign_in(Level.L1))
        with transaction() as session:
            for one in found:
                admit(session, worker_id=one.worker_id, union=self.union)
        return found

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post(f"/api/v1{path}", json=body, headers=self.member)
        assert answer.status_code < 300, answer.json
        made: dict[str, Any] = answer.json
        return made

    def _case(self) -> str:
        return str(self._ask("/cases", submission("grievance"))["no"])

    def objection(self) -> str:
        """The member objects to what this street published: number of the case."""
        answers = {"topic": "publication", "published": {"name": "张*"}, "street": STREET}
        return str(self._ask("/cases", submission("grievance", answers=answers))["no"])

    def _verification(self) -> uuid.UUID:
        assert verify_as(self._client, self.member, 733)["state"] == "manual"
        return db.session.scalars(sa.select(DeskRequest.id)).one()

    def _message_to_call_about(self) -> uuid.UUID:
        kind = kinds_to_call()[0]
        with transaction() as session:
            notify(worker_id=self.member.worker_id, kind=kind, title="有事", body=worded("有一件事。"), link="/me")
            notice_id = session.scalars(sa.select(Notice.id).where(Notice.kind == kind)).one()
            found = session.get(Delivery, notice_id)
            if found is None:
                found = Delivery(notice_id=notice_id, worker_id=self.member.worker_id, kind=kind, way=Way.SMS)
                found.created_at = found.due_at = now()
                session.add(found)
            found.state, found.changed_at = DeliveryState.UNDELIVERED, now()
        return notice_id

    def _keeper(self, station: Station) -> uuid.UUID:
        with transaction() as session:
            keeper = StationManager(station_id=station.id, worker_id=self.member.worker_id, created_at=now())
            session.add(keeper)
            session.flush()
        return keeper.id

    def _staff(self) -> None:
        self.colleague = make_staff("COLLEAGUE", "street_worker", union=self.union)
        self.asker = make_staff("ASKER", "security_admin", union=self.district)
        self.grant_ids = [self._asked_for(role) for role in ("worker_desk", "partner_office")]
        self.held_id = db.session.scalars(
            sa.select(RoleGrant.id).where(RoleGrant.staff_id == self.colleague.id, RoleGrant.role == "street_worker")
        ).one()
        with transaction() as session:
            duty = StaffDuty(staff_id=self.colleague.id, union_id=self.union.id, kind=DutyKind.DESK, first_day=today())
            override = StationOverride(
                first_day=today(),
                last_day=today(),
                reason="停电",
                kind=OverrideKind.CLOSED,
                district_code="440304",
            )
            alarm = AuditAlarm(at=now(), actor="staff:X", rule="many_in_a_day", count=99)
            session.add_all([duty, override, alarm])
            session.flush()
            self.duty_id, self.override_id, self.alarm_id = duty.id, override.id, alarm.id
        self.act_ids = [self._proposed(worker) for worker in (self.verified, self.other)]

    def _asked_for(self, role: str) -> uuid.UUID:
        with transaction() as session:
            asked = RoleGrant(
                staff_id=self.colleague.id,
                role=role,
                union_id=self.union.id,
                state=GrantState.REQUESTED,
                until=now() + timedelta(days=30),
                reason="值班",
                requested_by_id=self.asker.id,
                created_at=now(),
            )
            session.add(asked)
            session.flush()
        return asked.id

    def _proposed(self, worker: Headers) -> uuid.UUID:
        kind = ActKind.SEEN if worker is self.verified else ActKind.MERGE
        other = {} if kind is ActKind.SEEN else {"other_worker_id": self.member.worker_id}
        return accounts.propose(kind=kind, worker_id=worker.worker_id, by="staff:COLLEAGUE", **other).id

    def roster(self) -> Path:
        """A list with one more member of this street."""
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        for row in (("姓名", "证件号码", "所属工会编码"), (person(734).name, person(734).id_number, self.union.code)):
            sheet.append(list(row))
        book.save(self.folder / "roster.xlsx")
        return self.folder / "roster.xlsx"

    def where(self, place: str) -> TradeUnion:
        """The union of a word in the table below."""
        return {
            "street": self.union,
            "next street": self.next,
            "district": self.district,
            "other district": self.other_district,
        }[place]

    def file(self, name: str, text: str) -> Path:
        """Written for a command that reads one."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command, and who may give it."""

    words: tuple[object, ...]
    """As typed; a function looks its word up in the street."""
    role: str
    at: str
    elsewhere: str | None
    """Where the same role does not reach; None for what is no one place's."""
    named: str = "--by"

    def __str__(self) -> str:
        return " ".join(map(str, self.words[:2]))

    def typed(self, street: Street) -> list[str]:
        return [str(word(street)) if callable(word) else str(word) for word in self.words]


def _street(*words: object) -> Command:
    return Command(words=words, role="street_worker", at="street", elsewhere="next street")


def _case(*words: object) -> Command:
    return Command(words=words, role="street_worker", at="street", elsewhere="next street", named="--as")


def _district(*words: object, role: str, named: str = "--by") -> Command:
    return Command(words=words, role=role, at="district", elsewhere="other district", named=named)


def _anywhere(*words: object, role: str, named: str = "--by") -> Command:
    return Command(words=words, role=role, at="district", elsewhere=None, named=named)


def case_no(street: Street) -> str:
    return street.case_no


def handed_over(street: Street) -> str:
    """The case, sent to the street by somebody."""
    with transaction() as session:
        sent = {"union_id": street.union.id, "handed_over": True}
        session.execute(sa.update(Case).where(Case.no == street.case_no).values(sent))
    return street.case_no


def waiting(street: Street) -> uuid.UUID:
    return street.request_id


def correction(street: Street) -> uuid.UUID:
    return street.correction_id


def member(street: Street) -> uuid.UUID:
    return street.member.worker_id


def verified(street: Street) -> uuid.UUID:
    return street.verified.worker_id


def this_day(_street: Street) -> date:
    """Looked up when it is typed: midnight may come while the tests run."""
    return today()


LATER = f"{today() + timedelta(days=30)}"

COMMANDS: list[Command] = [
    _anywhere("case", "list", role="district_rights", named="--as"),
    _case("case", "show", case_no),
    _case("case", "do", case_no, "accept"),
    _case("case", "do", case_no, "extend", "--text", "要多三天", "--amount", "3"),
    _case("case", "message", case_no, "--text", "你好"),
    _case("case", "fill", case_no, "--answers", "{}"),
    _case("case", "phone-rating", case_no, "--solved", "--attitude", "5", "--result", "5"),
    _anywhere("case", "payments", role="finance", named="--as"),
    _anywhere("case", "ledger", role="ledger_review", named="--as"),
    _case("case", "reveal", case_no, "--because", "要打电话"),
    _case("case", "hold", case_no, "--because", "劳动仲裁"),
    _case("case", "lift", case_no, "--because", "裁决生效"),
    _anywhere("retention", "receipts", role="audit_admin"),
    _district("case", "decline", case_no, "extend", role="district_rights", named="--as"),
    _district("case", "approve", case_no, "extend", role="district_rights", named="--as"),
    _case("case", "annul", case_no, "sign", "--because", "停电"),
    _district("case", "outside", handed_over, role="partner_office", named="--as"),
    _street("verification", "show", waiting),
    _street("verification", "conflict", waiting),
    _street("verification", "want", waiting, "--what", "请拍一张证件人像面。"),
    _street("verification", "approve", waiting),
    _street("verification", "refuse", waiting, "--because", "看不清"),
    _anywhere("verification", "list", role="district_rights"),
    _anywhere("corrections", "list", role="worker_desk"),
    _street("corrections", "show", correction),
    _street("corrections", "done", correction, "--answer", "改好了"),
    _street("corrections", "refuse", correction, "--because", "证件上就是这样"),
    _anywhere("account", "proposed", role="worker_desk"),
    _street("account", "seen", verified),
    _street("account", "merge", member, lambda street: street.other.worker_id),
    _street("account", "release", verified),
    _street("account", "unfreeze", verified),
    _street("account", "freeze", verified),
    _street("account", "forget-pin", verified),
    _street("account", "share", verified, "--most", "7"),
    _street("account", "confirm", lambda street: street.act_ids[0]),
    _street("account", "drop", lambda street: street.act_ids[1]),
    _street("notices", "called", lambda street: street.notice_id),
    _anywhere("notices", "undelivered", role="district_rights"),
    _street("activities", "seats", lambda street: street.pool_id, "9"),
    _street("activities", "remove", lambda street: street.signup_id, "--reason", "来不了"),
    _street("activities", "call-off", lambda street: street.activity_id, "--reason", "台风"),
    _street("activities", "announce", lambda street: street.file("new.yaml", ACTIVITY)),
    _street("stations", "manager-code", "FT0001"),
    _street("stations", "managers", "FT0001", "--revoke", lambda street: street.keeper_id),
    _street("stations", "except", "FT0001", "--from", this_day, "--hours", "closed", "--reason", "停电"),
    _district("stations", "unexcept", lambda street: street.override_id, role="district_office"),
    _street("stations", "import", lambda street: street.file("stations.csv", STATIONS), "--datum", "gcj02"),
    _district("roster", "import", lambda street: street.roster(), role="district_organisation"),
    _district("roster", "remove", lambda street: street.roster(), role="district_organisation"),
    _district("unions", "import", lambda street: street.file("unions.csv", UNIONS), role="district_organisation"),
    _district("duty", "give", "COLLEAGUE", "desk", "--union", f"GH{STREET}", "--from", this_day, role="security_admin"),
    _district("duty", "end", lambda street: street.duty_id, "--on", LATER, role="security_admin"),
    _district("staff", "open", "NEW", "测小新", "--union", f"GH{STREET}", role="system_admin"),
    _district(
        *("staff", "request", "COLLEAGUE", "base_chair", "--union", "GH440304011-01"),
        *("--until", LATER, "--because", "换届"),
        role="security_admin",
    ),
    _district("staff", "approve", lambda street: street.grant_ids[0], role="security_admin"),
    _district("staff", "refuse", lambda street: street.grant_ids[1], "--because", "不需要", role="security_admin"),
    _district("staff", "revoke", lambda street: street.held_id, role="security_admin"),
    _district("staff", "close", "COLLEAGUE", role="system_admin"),
    _anywhere("audit", "alarms", role="audit_admin"),
    _anywhere("audit", "settle", lambda street: street.alarm_id, role="audit_admin"),
    _anywhere("audit", "purge", "details", "--days", "400", role="audit_admin"),
]

NOBODYS = {
    "notices staff": "one's own inbox; there is nothing of a worker in it",
}

ACTIVITY = f"""
title: 免费理发
kind: care
summary: 老师傅义务理发。
place: 街道党群服务中心
district_code: "440304"
organiser: GH{STREET}
opens_at: {now() - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}
closes_at: {now() + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}
cancel_until: {now() + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}
starts_at: {now() + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}
ends_at: {now() + timedelta(days=4):%Y-%m-%dT%H:%M:%SZ}
groups: [{{key: all, name: 所有人, capacity: 20}}]
"""
STATIONS = "编号,名称,街道,经度,纬度,开放时间\nFT0009,华强北驿站,华强北街道,114.086,22.547,09:00-17:00\n"
UNIONS = f"编码,名称,类型,上级编码,区域编码\nGH{STREET}-02,某工联会,工联会,GH{STREET},{STREET}\n"

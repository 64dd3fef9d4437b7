"""Who is on duty: by union, day, absence and who stands in."""

import uuid
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.clock import now, today
from server.core.db import transaction
from server.unions.duty.models import StaffAbsence
from server.unions.duty.rules import Absence, Duty, Reach, Roster, covers
from server.unions.duty.service import phone_at_desk_of, phone_of, roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.models import StaffAccount
from tests.staff import make_district, make_staff, put_on_duty

DISTRICT, STREET, OTHER, FIRM = (uuid.UUID(int=number) for number in (1, 2, 3, 4))
DAY = date(2026, 3, 13)


def duty(number: str, union: uuid.UUID, *, kind: DutyKind = DutyKind.DESK, last: date | None = None) -> Duty:
    return Duty(number, union, kind, date(2026, 3, 1), last)


def made(*duties: Duty, away: tuple[Absence, ...] = ()) -> Roster:
    parents = {STREET: DISTRICT, OTHER: DISTRICT, DISTRICT: None, FIRM: STREET}
    return Roster(duties, away, parents, {DISTRICT}, {FIRM}, {"F"})


def away(number: str, delegate: str | None) -> Absence:
    return Absence(number, DAY, DAY, delegate)


def test_the_nearest_union_that_has_somebody_is_told() -> None:
    both = made(duty("D", DISTRICT), duty("S", STREET))
    assert both.on_duty(DutyKind.DESK, union_id=STREET, day=DAY) == ["S"]
    assert both.on_duty(DutyKind.DESK, union_id=OTHER, day=DAY) == ["D"]
    assert both.on_duty(DutyKind.DESK, union_id=None, day=DAY) == []


def test_a_duty_is_of_its_kind_and_its_days() -> None:
    known = made(duty("S", STREET, last=date(2026, 3, 12)), duty("H", DISTRICT, kind=DutyKind.HEAD))
    assert known.on_duty(DutyKind.DESK, union_id=STREET, day=DAY) == []
    assert known.on_duty(DutyKind.DESK, union_id=STREET, day=date(2026, 3, 12)) == ["S"]
    assert known.on_duty(DutyKind.DESK, union_id=STREET, day=date(2026, 2, 28)) == []
    assert known.on_duty(DutyKind.HEAD, union_id=STREET, day=DAY) == ["H"]


@pytest.mark.parametrize(
    ("absences", "told"),
    [
        ((away("S", "T"),), ["T"]),
        ((away("S", "T"), away("T", "U")), ["U"]),
        ((away("S", None),), ["D"]),  # nobody stands in: the district's desk
        ((away("S", "T"), away("T", "S")), ["D"]),  # they stand in for each other
    ],
)
def test_whoever_stands_in_is_told(absences: tuple[Absence, ...], told: list[str]) -> None:
    known = made(duty("S", STREET), duty("D", DISTRICT), away=absences)
    assert known.on_duty(DutyKind.DESK, union_id=STREET, day=DAY) == told
    assert known.on_duty(DutyKind.DESK, union_id=STREET, day=date(2026, 3, 14)) == ["S"]


def test_without_the_firms_neither_their_union_nor_their_people_are_told() -> None:
    known = made(duty("G", FIRM), duty("F", STREET), duty("S", STREET), duty("D", DISTRICT), away=(away("S", "F"),))
    assert known.on_duty(DutyKind.DESK, union_id=FIRM, day=DAY) == ["G"]
    assert known.on_duty(DutyKind.DESK, union_id=STREET, day=DAY) == ["F"]
    neutral = known.without_firms()
    assert neutral.on_duty(DutyKind.DESK, union_id=FIRM, day=DAY) == ["D"], "who stands in for S is of the firm"
    assert neutral.on_duty(DutyKind.DESK, union_id=FIRM, day=date(2026, 3, 14)) == ["S"]
    assert neutral.present("S", DAY) is None


SOME, MORE = frozenset({"grievance"}), frozenset({"grievance", "call_me"})


@pytest.mark.parametrize(
    ("held", "needed", "may"),
    [
        ([Reach(STREET, MORE)], [Reach(STREET, SOME)], True),
        ([Reach(STREET, SOME)], [Reach(STREET, MORE)], False),
        ([Reach(STREET, SOME), Reach(DISTRICT, MORE)], [Reach(STREET, MORE)], True),
        ([Reach(DISTRICT, None)], [Reach(STREET, MORE), Reach(OTHER, SOME)], True),
        ([Reach(OTHER, None)], [Reach(STREET, SOME)], False),
        ([Reach(STREET, None)], [Reach(DISTRICT, SOME)], False),
        ([Reach(STREET, MORE)], [Reach(STREET, None)], False),
        ([], [], True),
    ],
)
def test_whoever_stands_in_may_work_on_everything_that_whoever_is_away_may(
    held: list[Reach], needed: list[Reach], may: bool
) -> None:
    assert covers(held, needed, {STREET: DISTRICT, OTHER: DISTRICT, DISTRICT: None}) is may


def test_the_roster_is_kept_by_the_administrators_of_rights(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    make_staff("B1", "security_admin")
    make_staff("W1", "worker_desk")
    code, day = make_district().code, f"{today():%Y-%m-%d}"
    give = ["duty", "give", "W1", "desk", "--union", code, "--from", day, "--phone", "19900000000"]
    assert run(args=[*give, "--by", "W1"]).exit_code == 1
    assert roster().duties == []
    done = run(args=[*give, "--by", "B1"])
    assert done.exit_code == 0, done.output
    assert roster().on_duty(DutyKind.DESK, union_id=make_district().id, day=today()) == ["W1"]
    assert phone_of("W1", day=today()) == "19900000000"
    assert "19900000000" not in run(args=["duty", "list"]).output
    assert run(args=["duty", "absent", "W1", "--from", day, "--until", day, "--to", "B1"]).exit_code == 1
    make_staff("W2", "worker_desk")
    assert run(args=["duty", "absent", "W1", "--from", day, "--until", day, "--to", "W2"]).exit_code == 0
    assert roster().on_duty(DutyKind.DESK, union_id=make_district().id, day=today()) == ["W2"]
    assert run(args=["duty", "absent", "W1", "--from", day, "--until", day]).exit_code == 1, "one at a time"
    number = done.output.split()[0]
    assert run(args=["duty", "end", number, "--on", day, "--by", "B1"]).exit_code == 0


def test_the_phone_of_a_desk_is_of_whoever_is_there(app: Flask) -> None:
    union = make_district()
    make_staff("W1")
    for number, phone in (("D1", "0755-00000011"), ("D2", "0755-00000012"), ("D3", "0755-00000013")):
        put_on_duty(make_staff(number), DutyKind.DESK, union, phone=phone)
    assert phone_at_desk_of("W1", day=today()) == "0755-00000011"
    with transaction() as session:
        session.execute(sa.update(StaffAccount).where(StaffAccount.number == "D1").values(closed_at=now()))
        away = session.scalars(sa.select(StaffAccount).where(StaffAccount.number == "D2")).one()
        session.add(StaffAbsence(staff_id=away.id, first_day=today(), last_day=today()))
    assert phone_at_desk_of("W1", day=today()) == "0755-00000013", "one has left, another is away"
    assert phone_at_desk_of("nobody", day=today()) is None

"""Silence hands up: what nobody of the staff has taken when its time is over goes to those above, once, and is told."""

from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases.flow.machine import Machine, Step
from server.cases.running_out import HANDED_UP, running_out
from server.cases.tasks import lapse_cases
from server.cases.vocabulary import Actor, Handling, IdentityMode, Office, Who
from server.core.access import Level
from server.core.db import db
from server.notices.models import StaffNotice
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit
from tests.cases.declared import services
from tests.cases.joining import place_of
from tests.cases.test_hazards import about
from tests.moments import at
from tests.rosters import join
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff, make_street, put_on_duty

TABLE = Path(__file__).parents[2] / "docs" / "services" / "silence.md"
STREET, DISTRICT = "GH440304011", "GH440304"

# ── every file


def signed(step: Step, before: bool) -> bool:
    """Whether somebody of the office that has it has signed for a case after a step."""
    if step.handling is Handling.TAKE:
        return True
    if step.handling is not None or step.office is not None:
        return False
    return before or (Actor.STAFF in step.who and step.target is not None)


def unsigned(machine: Machine, mode: IdentityMode) -> set[str]:
    """States in which it is the union's turn, and nobody may have signed."""
    assert machine.opening.target is not None
    seen: set[tuple[str, bool]] = set()
    waiting = deque([(machine.opening.target, False)])
    while waiting:
        one = waiting.popleft()
        if one not in seen:
            seen.add(one)
            state, before = one
            waiting.extend(
                (step.target or state, signed(step, before))
                for step in machine.steps.values()
                if state in step.sources and mode in step.modes
            )
    return {state for state, before in seen if not before and machine.states[state].next is Who.UNION}


def follows(machine: Machine, state: str, mode: IdentityMode) -> str:
    """What happens there when the time is over."""
    clock = machine.states[state].by
    steps = [step for step in machine.steps.values() if step.due == clock and state in step.sources]
    steps = [step for step in steps if mode in step.modes]
    if any(step.office in {Office.UP, Office.DISTRICT} for step in steps):
        return "up"
    return "on" if steps else "rings"


def declared() -> Iterator[tuple[str, str, str, str]]:
    for key, service in services().items():
        for mode in service.modes:
            for state in unsigned(service.machine, mode):
                yield key, state, service.machine.states[state].by or "", follows(service.machine, state, mode)


def test_whatever_nobody_has_signed_for_goes_up_or_is_said_why_it_only_rings() -> None:
    rows = [line.strip("|").split("|") for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ")]
    told = {tuple(cell.strip() for cell in row) for row in rows[1:]}
    assert {row[:4] for row in told} == set(declared())
    assert all(len(row) == 5 and row[4] for row in told)


# ── what somebody sees of it


@pytest.fixture
def street(app: Flask) -> TradeUnion:
    """A street with staff, whose district has a desk and a head on duty."""
    street = make_street("440304011")
    make_staff("STREET", "street_worker", union=street)
    district = make_district()
    put_on_duty(make_staff("DESK"), DutyKind.DESK, district, since=FRIDAY.date())
    put_on_duty(make_staff("HEAD"), DutyKind.HEAD, district, since=FRIDAY.date())
    return street


def last(case: dict[str, Any], follow: Follow, who: Headers, client: FlaskClient) -> tuple[str, str]:
    """The end of the timeline, and of the inbox."""
    inbox = client.get("/api/v1/notices", headers=who).json
    return follow(case, who).read()["timeline"][-1]["what"], inbox["items"][0]["body"]


def told() -> set[str | None]:
    """Of the staff, that something came to them."""
    db.session.rollback()
    return set(db.session.scalars(sa.select(StaffNotice.staff_no).where(StaffNotice.kind == HANDED_UP)))


@pytest.mark.parametrize(
    ("key", "others", "over", "where", "what", "said"),
    [
        (
            "hazard_report",
            about({"street": "440304011"}),
            "03-13 14:01",
            DISTRICT,
            "工会到期没有核对，报给上面负责的人了",
            "最晚 3月13日（周五）18:01 核对",
        ),
        (
            "hardship_aid",
            {},
            "03-14 10:01",
            DISTRICT,
            "工会到期没有打给你，报给上面负责的人了",
            "已经报给上面负责的人，最晚 3月15日（周日）10:01 打给你",
        ),
        (
            "legal_aid",
            {"answers": {"work_area": "440304011"}},
            "03-16 18:01",
            DISTRICT,
            "到期没有初审，报到区总工会负责的人了",
            "还是最晚 3月20日",
        ),
    ],
    ids=["hazard_report", "hardship_aid", "legal_aid"],
)
def test_what_nobody_takes_goes_up_once_and_everybody_is_told(
    street: TradeUnion,
    sign_in: SignIn,
    submit: Submit,
    follow: Follow,
    freeze: Freeze,
    client: FlaskClient,
    key: str,
    others: dict[str, Any],
    over: str,
    where: str,
    what: str,
    said: str,
) -> None:
    freeze(FRIDAY)
    who = sign_in(Level.L1)
    case = submit(key, who, **others)
    beside = {clock["key"]: clock["due_at"] for clock in case["clocks"]}
    freeze(at(f"2026-{over}"))
    lapse_cases()
    assert place_of(case) == where
    timeline, message = last(case, follow, who, client)
    assert timeline == what
    assert said in message
    assert told() == {"DESK", "HEAD"}
    read = follow(case, who).read()
    after = {clock["key"]: clock["due_at"] for clock in read["clocks"]}
    moved = {"hazard_report": "check", "hardship_aid": "call", "legal_aid": "screen"}[key]
    assert {**beside, moved: None} == {**after, moved: None}, "no other clock was touched"

    freeze(at(f"2026-{over}") + timedelta(days=9))
    assert list(running_out(at=at(f"2026-{over}") + timedelta(days=9))) == [], "once, and nothing looks at it again"


def test_a_grievance_that_nobody_accepts_goes_from_the_street_to_the_district(
    street: TradeUnion, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, client: FlaskClient
) -> None:
    freeze(FRIDAY)
    who = sign_in(Level.L1)
    join(who.worker_id, street)
    case = submit("grievance", who)
    answer = {clock["key"]: clock["due_at"] for clock in case["clocks"]}["answer"]
    freeze(at("2026-03-16 18:01"))
    lapse_cases()
    assert place_of(case) == DISTRICT
    timeline, message = last(case, follow, who, client)
    assert timeline == "工会到期没有受理，报给上面负责的人了"
    assert "最晚 3月17日（周二）18:00 告诉你受理没有" in message
    assert told() == {"DESK", "HEAD"}
    assert {clock["key"]: clock["due_at"] for clock in follow(case, who).read()["clocks"]}["answer"] == answer
    desk.do(case, "accept")
    assert follow(case, who).read()["state_name"] == "已受理"


def test_what_a_street_does_not_sign_is_settled_by_the_district(
    street: TradeUnion, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, client: FlaskClient
) -> None:
    freeze(FRIDAY)
    who = sign_in(Level.L1)
    case = submit("grievance", who)
    desk.do(case, "accept")
    sent = ("do", case["no"], "dispatch", "--to", STREET, "--text", "请上门看看")
    assert desk.run(*sent).exit_code == 0
    freeze(at("2026-03-16 18:01"))
    lapse_cases()
    assert place_of(case) == DISTRICT
    assert follow(case, who).read()["state_name"] == "区总工会在定由谁办"
    assert last(case, follow, who, client)[0] == "承办工会到期没有接收，由区总工会定下由谁来办"
    assert desk.run("do", case["no"], "sign", staff="STREET").exit_code == 1
    ruled = desk.run("do", case["no"], "rule", "--to", STREET, "--text", "就是你们那里的")
    assert ruled.exit_code == 0, ruled.output
    assert desk.run("do", case["no"], "sign", staff="STREET").exit_code == 0


def test_whoever_called_in_the_streets_stead_hands_the_visit_back(
    street: TradeUnion, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    who = sign_in(Level.L1)
    case = submit("hardship_aid", who)
    assert place_of(case) == STREET
    freeze(at("2026-03-14 10:01"))
    lapse_cases()
    desk.do(case, ("talk", "说了情况，街道上门看"))
    file_by = follow(case, who).read()["next"]["by"]
    handed = desk.run("do", case["no"], "to_street", "--to", STREET, "--text", "请上门", staff="STREET")
    assert handed.exit_code == 1, "the district hands it on"
    handed = desk.run("do", case["no"], "to_street", "--to", STREET, "--text", "请上门")
    assert handed.exit_code == 0, handed.output
    assert (place_of(case), follow(case, who).read()["next"]["by"]) == (STREET, file_by)

"""Many workers against one firm: found, shown to those who work on them, told of once; each case stays its own."""

import copy
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases import acts, groups
from server.cases.loader import ServiceError, declare
from server.cases.models import Case
from server.cases.ownership import Key
from server.core.access import Level
from server.core.db import db, transaction
from server.notices.models import StaffNotice
from server.notices.staff import GROUP
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.models import StaffAccount
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit
from tests.cases.declared import document, pausable
from tests.desk import Desk as Browser
from tests.desk import desk_of, give_credential, words
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff, put_on_duty

FIRM = {"name": "深圳演示速运有限公司", "role": "employer"}
PLATFORM = {"name": "演示外卖平台", "role": "platform"}
FOREMAN = {"name": "站长", "role": "contractor"}

File = Callable[..., dict[str, Any]]


@pytest.fixture
def file(app: Flask, freeze: Freeze, submit: Submit, sign_in: SignIn) -> File:
    """A case of somebody new against these, with so many colleagues named."""
    freeze(FRIDAY)

    def filed(*parties: dict[str, str], colleagues: int = 0, **more: Any) -> dict[str, Any]:
        named = [{"name": f"工友{number}"} for number in range(colleagues)]
        answers = {"other_parties": list(parties), **({"co_claimants": named} if named else {}), **more}
        return submit("legal_aid", sign_in(Level.L2), answers=answers)

    return filed


@pytest.fixture
def on_duty(app: Flask, freeze: Freeze) -> None:
    """D7 at the district's desk, H7 at its head."""
    freeze(FRIDAY)
    for number, kind in (("D7", DutyKind.DESK), ("H7", DutyKind.HEAD)):
        put_on_duty(make_staff(number, "district_rights"), kind, make_district())


def told(session: Session) -> list[tuple[str | None, str]]:
    rows = session.execute(
        sa.select(StaffNotice.staff_no, StaffNotice.text)
        .where(StaffNotice.kind == GROUP)
        .order_by(StaffNotice.staff_no)
    )
    return [(row[0], row[1]) for row in rows]


def group_on(app: Flask, no: str, number: str = "C9", role: str = "legal_coordinator") -> str:
    """What the page of a case says of others."""
    read = words(desk_of(app, number, role).get(f"/console/cases/{no}"))
    return read.partition("同一家单位、同样的事")[2].partition("工友说的")[0]


def test_workers_of_one_firm_with_the_same_matter_are_one_group(app: Flask, file: File) -> None:
    first, second, third = file(FIRM), file(PLATFORM, FIRM), file({**FIRM, "name": "深圳演示速运 有限公司"})
    said = group_on(app, first["no"])
    assert "至少 3 个人" in said
    assert second["no"] in said
    assert third["no"] in said
    assert first["no"] not in said
    assert "满 10 个人" not in said


def test_among_however_many_others_colleagues_are_found(
    app: Flask, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "BATCH", 2)
    first = file(FIRM)
    for number in range(4):
        file({"name": f"别的公司第{number}家"})
    assert file(FIRM)["no"] in group_on(app, first["no"])


@pytest.mark.parametrize(
    ("parties", "more"),
    [
        ((PLATFORM,), {}),
        ((FOREMAN,), {}),
        ((FIRM,), {"matter": "deposit", "known_on": "2026-01-20"}),
        (({"name": "深圳演示速运二分公司"},), {}),
    ],
)
def test_the_same_platform_a_bare_title_another_matter_or_firm_are_no_group(
    app: Flask, file: File, parties: tuple[dict[str, str], ...], more: dict[str, Any]
) -> None:
    first = file(FIRM, PLATFORM, FOREMAN)
    file(*parties, **more)
    assert group_on(app, first["no"]) == ""


def test_the_same_credit_code_under_two_names_is_one_firm(app: Flask, file: File) -> None:
    code = "91440300MA5DEMO111"
    first, second = file({**FIRM, "code": code}), file({"name": "演示速运", "code": code.lower()})
    assert second["no"] in group_on(app, first["no"])


@pytest.mark.usefixtures("on_duty")
def test_from_ten_on_the_desk_and_the_head_of_the_district_are_told_once(
    app: Flask, file: File, db_session: Session
) -> None:
    file(FIRM, colleagues=8)
    assert told(db_session) == []
    tenth = file(FIRM, colleagues=9)
    assert [number for number, _ in told(db_session)] == ["D7", "H7"]
    text = told(db_session)[0][1]
    assert tenth["no"] in text
    assert "10 个人以上" in text
    assert FIRM["name"] not in text
    file(FIRM)
    assert len(told(db_session)) == 2
    assert "推选 3 到 5 名代表" in group_on(app, tenth["no"])


def test_who_adds_to_a_case_and_who_sends_another_of_the_same_dispute_do_not_hold_each_other_up(
    app: Flask, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = file(FIRM)
    case = db.session.scalars(sa.select(Case).where(Case.no == first["no"])).one()
    key, main = Key(worker_id=case.worker_id), threading.current_thread()
    adding, gathering = threading.Event(), threading.Event()
    wait = groups.one_at_a_time

    def in_turn(session: Session, digests: list[bytes]) -> None:
        """Whoever adds holds the case, whoever sends is the first to look for others."""
        if threading.current_thread() is main:
            assert adding.wait(30)
            wait(session, digests)
            gathering.set()
        else:
            adding.set()
            assert gathering.wait(30)
            wait(session, digests)

    monkeypatch.setattr(groups, "one_at_a_time", in_turn)

    def add() -> None:
        with app.app_context():
            acts.supplement(no=first["no"], key=key, answers={"other_parties": [FIRM]}, items=())

    with ThreadPoolExecutor(1) as pool:
        added = pool.submit(add)
        second = file(FIRM)
        added.result()
    assert second["no"] in group_on(app, first["no"])


@pytest.mark.usefixtures("on_duty")
def test_one_against_both_firms_makes_one_of_two_groups_and_nobody_is_told_again(
    app: Flask, file: File, db_session: Session
) -> None:
    other = {**FIRM, "name": "深圳演示劳务派遣有限公司"}
    first, second = file(FIRM, colleagues=9), file(other)
    third = file(other)
    assert len(told(db_session)) == 2
    assert second["no"] not in group_on(app, first["no"])
    both = file(FIRM, other)
    said = group_on(app, first["no"], number="C10")
    assert all(one["no"] in said for one in (second, third, both))
    assert len(told(db_session)) == 2


def test_the_first_of_a_group_that_was_about_another_firm_leaves_it_to_the_rest(
    app: Flask, file: File, submit: Submit, sign_in: SignIn, follow: Follow
) -> None:
    other = {"name": "深圳另一家演示公司"}
    headers = sign_in(Level.L2)
    mistaken = submit("legal_aid", headers, answers={"other_parties": [FIRM]})
    second, third, elsewhere, there = file(FIRM), file(FIRM), file(other), file(other)
    assert follow(mistaken, headers).post("supplements", {"answers": {"other_parties": [other]}}).status_code == 201
    assert group_on(app, second["no"]).count(third["no"]) == 1
    assert mistaken["no"] not in group_on(app, second["no"], number="C10")
    assert mistaken["no"] in group_on(app, elsewhere["no"], number="C11")
    assert there["no"] in group_on(app, mistaken["no"], number="C12")


@pytest.mark.usefixtures("on_duty")
def test_ten_cases_of_one_each_are_ten_people(file: File, db_session: Session) -> None:
    for _ in range(9):
        file(FIRM)
    assert told(db_session) == []
    file(FIRM)
    assert len(told(db_session)) == 2


@pytest.mark.usefixtures("on_duty")
def test_whoever_sends_the_same_twice_is_one_person(
    app: Flask, submit: Submit, sign_in: SignIn, db_session: Session
) -> None:
    headers = sign_in(Level.L2)
    for _ in range(10):
        case = submit("legal_aid", headers, answers={"other_parties": [FIRM]})
    assert told(db_session) == []
    assert "至少 1 个人" in group_on(app, case["no"])


@pytest.mark.usefixtures("on_duty")
def test_colleagues_named_later_count_as_well(
    app: Flask, submit: Submit, sign_in: SignIn, follow: Follow, db_session: Session
) -> None:
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers, answers={"other_parties": [FIRM]})
    named = [{"name": f"工友{number}"} for number in range(11)]
    assert follow(case, headers).post("supplements", {"answers": {"co_claimants": named}}).status_code == 201
    assert "12 个人以上" in told(db_session)[0][1]


def test_what_was_put_right_leaves_the_group(
    app: Flask, file: File, submit: Submit, sign_in: SignIn, follow: Follow
) -> None:
    first = file(FIRM)
    headers = sign_in(Level.L2)
    mistaken = submit("legal_aid", headers, answers={"other_parties": [FIRM]})
    assert mistaken["no"] in group_on(app, first["no"])
    right = {"answers": {"other_parties": [{"name": "深圳另一家演示公司"}]}}
    assert follow(mistaken, headers).post("supplements", right).status_code == 201
    assert mistaken["no"] not in group_on(app, first["no"], number="C10")


def test_a_lawyer_reads_how_many_others_there_are_and_nothing_of_them(app: Flask, file: File, desk: Desk) -> None:
    mine, other = file(FIRM), file(FIRM)
    desk.do(mine, "screen", "grant")
    desk.give(mine, "L1")

    with transaction() as session:
        account = session.scalars(sa.select(StaffAccount).where(StaffAccount.number == "L1")).one()
    give_credential(account)
    said = words(Browser(app).sign_in("L1").get(f"/console/cases/{mine['no']}"))
    assert "另有 1 件不由你办" in said
    assert other["no"] not in said


def test_a_worker_learns_nothing_of_the_others(file: File, submit: Submit, sign_in: SignIn, follow: Follow) -> None:
    other = file(FIRM, colleagues=9)
    headers = sign_in(Level.L2)
    mine = submit("legal_aid", headers, answers={"other_parties": [FIRM]})
    assert other["no"] not in str(follow(mine, headers).read())


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ({"same": ["nothing"]}, "group.same: there is no field nothing"),
        ({"people": "matter"}, "group: matter is no table"),
        ({"parties": {"field": "other_parties", "name": "title"}}, "group.parties: there is no column title"),
    ],
)
def test_a_group_of_what_the_form_has_not_is_refused(spoilt: dict[str, Any], said: str) -> None:
    broken = copy.deepcopy(document("legal_aid"))
    broken["group"] |= spoilt
    with pytest.raises(ServiceError) as refused:
        declare(broken, pausable=pausable(), name="legal_aid.yaml")
    assert refused.value.reasons == [f"legal_aid.yaml: {said}"]

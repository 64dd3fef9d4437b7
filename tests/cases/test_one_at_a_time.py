"""Help in need is one at a time: two taps, two telephones, a desk and a telephone come to one case."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases import submission as submitting
from server.cases import under_way
from server.cases.models import Case
from server.cases.proxies import filing
from server.cases.submission import Submission
from server.console.controls import shown_in
from server.core.access import Level, Principal
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.consents import GivenConsent
from server.identity.models import ConsentKey
from tests.cases.aid import Office
from tests.cases.conftest import Desk as Commands
from tests.cases.conftest import Follow, Submit, submission
from tests.cases.declared import services
from tests.cases.proxies.test_filed_for_somebody import typed
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_street

KEY = "hardship_aid"
SOMEBODY = person(781)
Type = Callable[..., str]


@pytest.fixture
def clerk(app: Flask) -> Desk:
    street = make_street("440304011")
    desk_of(app, "S2", "street_worker", union=street)
    return desk_of(app, "S1", "street_worker", union=street)


@pytest.fixture
def rider(sign_in: SignIn) -> Headers:
    return sign_in(Level.L1, who=SOMEBODY)


@pytest.fixture
def type_for(clerk: Desk) -> Type:
    """Aid typed at the desk, or in a station, for somebody with this phone; returns its number."""

    def send(
        phone: str = SOMEBODY.phone, *, apart: bool = False, typist: filing.Typist | None = None, staff: str = "S1"
    ) -> str:
        body = submission(KEY)
        told = filing.Told(
            service=KEY,
            mode="named",
            answers=body["answers"],
            consents=[GivenConsent(ConsentKey(one["key"]), one["version"]) for one in body["consents"]],
            phone=phone,
            apart=apart,
        )
        made = (
            filing.file_at_desk(told, staff_no=staff) if typist is None else filing.file_at_station(told, typist=typist)
        )
        return made.case.no

    return send


def send(client: FlaskClient, who: Headers, **others: Any) -> Any:
    return client.post("/api/v1/cases", json=submission(KEY) | others, headers=who)


def count() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Case)) or 0


def test_a_second_tap_leads_to_the_first(client: FlaskClient, clerk: Desk, rider: Headers, submit: Submit) -> None:
    first = submit(KEY, rider)
    again = send(client, rider, apart=True)
    assert (again.status_code, again.json["code"], again.json["no"]) == (409, "under_way", first["no"])
    assert count() == 1


def test_once_it_is_over_or_answered_one_asks_again(
    client: FlaskClient, clerk: Desk, rider: Headers, submit: Submit, follow: Follow
) -> None:
    first = submit(KEY, rider)
    assert follow(first, rider).post("withdrawal", {}).status_code == 200
    second = submit(KEY, rider)
    with transaction() as session:
        # What came of it is there, and may be rated: another need is another case.
        session.execute(sa.update(Case).where(Case.no == second["no"]).values(state="paid", phase="decided"))
    assert send(client, rider).status_code == 201


def test_an_objection_waits_while_a_new_one_is_under_way(
    client: FlaskClient, clerk: Desk, rider: Headers, submit: Submit, follow: Follow, desk: Commands
) -> None:
    first = submit(KEY, rider)
    office = Office(desk, first["no"])
    office.do("S1", "talk", "说好了。")
    office.do("S1", "refuse", "高出 200 元。", "--ground", "above")
    second = submit(KEY, rider)
    refused = follow(first, rider).post("reopening", {"reason": "情况没看全。"})
    assert (refused.status_code, refused.json["no"]) == (409, second["no"])
    assert follow(second, rider).post("withdrawal", {}).status_code == 200
    assert follow(first, rider).post("reopening", {"reason": "情况没看全。"}).status_code == 200


def test_what_was_typed_for_this_phone_is_told_and_may_be_anothers(
    client: FlaskClient, type_for: Type, rider: Headers
) -> None:
    no = type_for()
    refused = send(client, rider)
    assert (refused.status_code, refused.json["code"], refused.json["no"]) == (409, "under_way_typed", no)
    assert send(client, rider, apart=True).status_code == 201


def test_who_has_one_of_their_own_takes_over_no_second(
    client: FlaskClient, type_for: Type, rider: Headers, follow: Follow
) -> None:
    no = type_for()
    own = send(client, rider, apart=True).json
    refused = client.post("/api/v1/me/case-claims", json={"no": no}, headers=rider)
    assert (refused.status_code, refused.json["code"], refused.json["no"]) == (409, "under_way", own["no"])
    assert follow(own, rider).post("withdrawal", {}).status_code == 200
    assert client.post("/api/v1/me/case-claims", json={"no": no}, headers=rider).status_code == 200


def test_the_desk_is_led_to_it_and_can_say_that_it_is_another_household(
    clerk: Desk, rider: Headers, submit: Submit
) -> None:
    first = submit(KEY, rider)
    declared = services()[KEY]
    shown = shown_in(declared.asked.declaration.fields(), declared.example)
    told = {name: one for key, value in shown.items() for name, one in typed(key, value)}
    told |= {f"agreed_{one['key']}": "y" for one in submission(KEY)["consents"]}
    told |= {"identity_mode": "named", "phone": SOMEBODY.phone}
    refused = clerk.post(f"/console/proxies/{KEY}", told)
    assert refused.status_code == 422
    assert f"打开 {first['no']}" in words(refused)
    assert count() == 1
    made = clerk.post(f"/console/proxies/{KEY}", told | {"apart": "y"})
    assert made.status_code == 200, words(made)
    assert count() == 2


def test_a_station_is_told_nothing_and_whoever_handles_either_sees_both(clerk: Desk, type_for: Type) -> None:
    here = filing.Typist(actor="worker:1", station_code="FT0042", area="440304011")
    first = type_for()
    second = type_for(typist=here)
    assert count() == 2
    for mine, other in ((first, second), (second, first)):
        assert f"这个手机号还有在办的（1） {other}" in words(clerk.get(f"/console/cases/{mine}"))
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.no == first).values(state="withdrawn", phase="withdrawn"))
    assert "这个手机号还有在办的" not in words(clerk.get(f"/console/cases/{second}"))
    assert looks() == []


def test_another_street_is_told_nothing_and_who_is_refused_is_recorded(app: Flask, type_for: Type) -> None:
    first = type_for()
    with pytest.raises(Problem) as refused:
        type_for()
    assert (refused.value.code, refused.value.extra["no"]) == ("under_way", first)
    assert looks() == ["staff:S1"]
    desk_of(app, "OTHER", "street_worker", union=make_street("440304002"))
    assert type_for(staff="OTHER") != first
    assert looks() == ["staff:S1"]


def looks() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(AuditEvent.actor).where(AuditEvent.action == "case.read_under_way")))


def test_no_account_gets_a_second_one_by_the_desk(
    app: Flask, clerk: Desk, type_for: Type, sign_in: SignIn, submit: Submit
) -> None:
    first = submit(KEY, sign_in(Level.L3, who=SOMEBODY))
    no = type_for(person(782).phone)
    paper = {"where": "home", "id_type": "resident_id", "name": SOMEBODY.name, "worker_group": "other", "agreed": "y"}
    assert clerk.post(f"/console/cases/{no}/account", paper | {"id_number": SOMEBODY.id_number}).status_code == 303
    other = Desk(app).sign_in("S2")
    said = other.post(f"/console/cases/{no}/proposals/open_account", {"approve": "yes"}, follow=True)
    assert f"已经有一件在办：{first['no']}" in words(said)


def test_who_was_not_reached_rings_up_and_may_say_on_the_phone_that_it_is_over(
    clerk: Desk, type_for: Type, desk: Commands
) -> None:
    no = type_for()
    with transaction() as session:
        session.execute(sa.update(Case).values(state="unreached", phase="need_more"))
    office = Office(desk, no)
    office.do("S1", "talk", "他打过来了，明天上门。")
    office.do("S1", "withdraw_for", "3 月 2 日来电话说孩子寄钱来了，不用了。")
    assert "另一个人" in office.not_second("S1", "withdraw_for")
    office.second("S2", "withdraw_for")
    assert "已撤回" in desk.run("show", no, staff="S1").output
    assert type_for() != no, "and may ask again"


@pytest.mark.parametrize("protected", [False, True])
def test_two_telephones_at_the_same_moment_come_to_one(
    app: Flask, rider: Headers, type_for: Type, monkeypatch: pytest.MonkeyPatch, *, protected: bool
) -> None:
    # The first case of a version keeps it, and whoever comes at that moment waits for that.
    type_for(person(783).phone)
    meeting = threading.Barrier(2)
    look = under_way._first

    def slowly(*asked: Any) -> Case | None:
        found = look(*asked)
        # Who waits where they should does not come.
        with suppress(threading.BrokenBarrierError):
            meeting.wait(1 if protected else 30)
        return found

    monkeypatch.setattr(under_way, "_first", slowly)
    if not protected:
        monkeypatch.setattr(under_way, "one_at_a_time", lambda *_: None)
    body = submission(KEY)
    asked = Submission(
        service=KEY,
        identity_mode="named",
        answers=body["answers"],
        consents=[GivenConsent(ConsentKey(one["key"]), one["version"]) for one in body["consents"]],
    )

    def tap(_number: int) -> str:
        caller = Principal(session_id=rider.worker_id, worker_id=rider.worker_id, level=Level.L1)
        with app.app_context():
            try:
                submitting.submit(asked, caller=caller)
            except Problem as problem:
                return problem.code
            return "done"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(tap, range(2)))
    assert (told, count()) == ((["done", "under_way"], 2) if protected else (["done", "done"], 3))

"""How somebody becomes the manager of a place, and stops being one."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.core import clock
from server.core.access import Level
from server.core.audit import AuditEvent
from server.stations.managers import codes
from server.stations.managers.models import ManagerCode, StationManager, WrongManagerCode
from server.stations.models import StationStatus
from server.stations.tasks import settle_and_forget
from tests.rosters import make_union
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff
from tests.stations.making import make_station
from tests.stations.managers.conftest import Keep

URL = "/api/v1/me/manager-bindings"
Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    make_staff("4107", "district_office")
    return lambda *arguments: app.test_cli_runner().invoke(args=["stations", *map(str, arguments)])


def bind(client: FlaskClient, who: Headers, code: str) -> TestResponse:
    return client.post(URL, json={"code": code}, headers=who)


def kept(client: FlaskClient, who: Headers) -> list[str]:
    return [one["code"] for one in client.get("/api/v1/me/stations", headers=who).get_json()["items"]]


def test_the_streets_code_makes_a_worker_the_manager(client: FlaskClient, run: Run, sign_in: SignIn) -> None:
    make_station("FT0001", services=("S01", "S03"))
    code = run("manager-code", "ft0001", "--by", "4107").stdout.strip()
    assert re.fullmatch(r"\d{5} \d{5}", code)
    who = sign_in(Level.L1)
    answer = bind(client, who, code)
    assert (answer.status_code, answer.json["code"], answer.json["to_check"]) == (201, "FT0001", ["S01"])
    assert kept(client, who) == ["FT0001"]
    assert client.get("/api/v1/notices", headers=who).json["items"][0]["kind"] == "station.manager"


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", " {0}{1} ", "full width"])
def test_a_code_may_be_typed_as_it_was_read_out(client: FlaskClient, sign_in: SignIn, typed: str) -> None:
    code = codes.issue(station=make_station("FT0001"), by="staff:7")
    wide = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    spoken = wide if typed == "full width" else typed.format(code[:5], code[5:])
    assert bind(client, sign_in(), spoken).status_code == 201


def test_a_code_works_once_and_its_user_may_come_again(client: FlaskClient, sign_in: SignIn) -> None:
    code = codes.issue(station=make_station("FT0001"), by="staff:7")
    first, second = sign_in(), sign_in()
    assert [bind(client, first, code).status_code for _ in range(2)] == [201, 200]
    refused = bind(client, second, code)
    assert (refused.status_code, refused.get_json(force=True)["code"]) == (422, "manager_code_invalid")
    assert kept(client, second) == []


def test_one_code_used_by_many_at_once_makes_one_manager(app: Flask, sign_in: SignIn, db_session: Session) -> None:
    code = codes.issue(station=make_station("FT0001"), by="staff:7")
    workers = [sign_in() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda who: bind(app.test_client(), who, code).status_code, workers))
    assert sorted(answers) == [201, *[422] * 5]
    assert db_session.scalar(sa.select(sa.func.count()).select_from(StationManager)) == 1


def test_a_code_is_good_for_seven_days(client: FlaskClient, sign_in: SignIn, freeze) -> None:
    start = clock.now()
    code = codes.issue(station=make_station("FT0001"), by="staff:7")
    freeze(start + timedelta(days=7, seconds=1))
    assert bind(client, sign_in(), code).status_code == 422
    freeze(start + timedelta(days=6, hours=23))
    assert bind(client, sign_in(), code).status_code == 201


def test_a_code_for_a_place_that_closed_for_good_is_worth_nothing(
    client: FlaskClient, sign_in: SignIn, db_session: Session, run: Run
) -> None:
    station = make_station("FT0001")
    code = codes.issue(station=station, by="staff:7")
    station.status = StationStatus.CLOSED_FOR_GOOD
    db_session.commit()
    assert bind(client, sign_in(), code).status_code == 422
    assert run("manager-code", "FT0001", "--by", "4107").exit_code == 1


def test_five_wrong_codes_in_an_hour_are_enough(client: FlaskClient, sign_in: SignIn, freeze) -> None:
    start = clock.now()
    freeze(start)
    right = codes.issue(station=make_station("FT0001"), by="staff:7")
    who = sign_in()
    assert [bind(client, who, f"{number:010d}").status_code for number in range(6)] == [422] * 5 + [429]
    refused = bind(client, who, right)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    assert bind(client, sign_in(), f"{7:010d}").status_code == 422, "others are not kept from trying"
    freeze(start + timedelta(hours=1, seconds=1))
    assert bind(client, who, right).status_code == 201


def test_ten_wrong_codes_are_enough_for_a_day(client: FlaskClient, sign_in: SignIn, freeze) -> None:
    start = clock.now()
    freeze(start)
    who = sign_in()
    for hour in range(2):
        freeze(start + timedelta(hours=2 * hour))
        for number in range(5):
            bind(client, who, f"{number:010d}")
    freeze(start + timedelta(hours=8))
    assert bind(client, who, "0000000009").status_code == 429


def test_wrong_codes_typed_at_the_same_moment_all_count(app: Flask, sign_in: SignIn, db_session: Session) -> None:
    who = sign_in()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: bind(app.test_client(), who, f"{n:010d}").status_code, range(12)))
    assert sorted(answers) == [422] * 5 + [429] * 7
    assert db_session.scalar(sa.select(sa.func.count()).select_from(WrongManagerCode)) == 5


def test_nothing_but_a_digest_of_the_code_is_kept(client: FlaskClient, db_session: Session, sign_in: SignIn) -> None:
    code = codes.issue(station=make_station("FT0001"), by="staff:7")
    [row] = db_session.scalars(sa.select(ManagerCode))
    assert code.encode() not in row.code_hmac
    bind(client, sign_in(), "1234567890")
    [wrong] = db_session.scalars(sa.select(WrongManagerCode))
    assert {column.name for column in wrong.__table__.columns} == {"id", "worker_id", "created_at"}


def test_a_guest_with_only_a_session_cannot_be_a_manager(client: FlaskClient, sign_in: SignIn) -> None:
    assert bind(client, sign_in(Level.L0), "1234567890").status_code == 403
    assert client.get("/api/v1/me/stations").status_code == 401


def test_a_place_may_have_several_managers_and_one_may_have_several_places(
    client: FlaskClient, keep: Keep, run: Run
) -> None:
    first, second = make_station("FT0001"), make_station("FT0002")
    who = keep(first)
    keep(second, who=who)
    keep(first)
    assert kept(client, who) == ["FT0001", "FT0002"]
    assert len(run("managers", "FT0001").output.splitlines()) == 2


def test_only_whoever_has_the_role_there_gives_codes(run: Run, db_session: Session) -> None:
    make_station("FT0001")
    far = make_union("GH440307", area_code="440307")
    make_staff("5000", "district_office", union=far)
    make_staff("5001", "district_rights")
    for number in ("5000", "5001", "9999"):
        refused = run("manager-code", "FT0001", "--by", number)
        assert refused.exit_code == 1
        assert "办不了这件事" in refused.output
    assert db_session.scalars(sa.select(ManagerCode)).all() == []


def test_whoever_stops_keeps_the_place_no_longer(client: FlaskClient, sign_in: SignIn, keep: Keep) -> None:
    station = make_station("FT0001")
    who, other = keep(station), keep(station)
    assert client.delete(f"{URL}/ft0001", headers=who).status_code == 204
    assert (kept(client, who), kept(client, other)) == ([], ["FT0001"])
    assert client.delete(f"{URL}/FT0001", headers=who).status_code == 404
    assert client.post("/api/v1/stations/FT0001/duty", json={"state": "open"}, headers=who).status_code == 403


def test_the_street_takes_a_place_away_and_the_old_code_does_not_bring_it_back(
    client: FlaskClient, sign_in: SignIn, run: Run
) -> None:
    code = codes.issue(station=make_station("FT0001"), by="staff:7")
    make_station("FT0002")
    who = sign_in()
    bind(client, who, code)
    binding = run("managers", "FT0001").output.split()[0]
    assert run("managers", "FT0002", "--revoke", binding, "--by", "4107").exit_code == 1
    assert run("managers", "FT0001", "--revoke", binding, "--by", "4107").exit_code == 0
    assert kept(client, who) == []
    assert client.get("/api/v1/notices", headers=who).json["items"][0]["kind"] == "station.manager_ended"
    assert bind(client, who, code).status_code == 422
    assert kept(client, who) == []


def test_everything_about_managers_is_on_record(client: FlaskClient, db_session: Session, run: Run, keep: Keep) -> None:
    station = make_station("FT0001")
    who = keep(station)
    client.delete(f"{URL}/FT0001", headers=who)
    keep(station)
    run("managers", "FT0001", "--revoke", run("managers", "FT0001").output.split()[0], "--by", "4107")
    events = db_session.execute(
        sa.select(AuditEvent.action, AuditEvent.actor)
        .where(AuditEvent.subject_id == str(station.id))
        .order_by(AuditEvent.id)
    ).all()
    assert [event.action for event in events] == [
        "station.manager_code",
        "station.manager_bind",
        "station.manager_unbind",
        "station.manager_code",
        "station.manager_bind",
        "station.manager_unbind",
    ]
    assert (events[0].actor, events[1].actor, events[-1].actor) == (
        "staff:7",
        f"worker:{who.worker_id}",
        "staff:4107",
    )


def test_the_list_of_managers_names_nobody(run: Run, keep: Keep) -> None:
    who = keep(make_station("FT0001"))
    shown = run("managers", "FT0001").output
    assert str(who.worker_id) not in shown
    assert who.person.phone not in shown
    uuid.UUID(shown.split()[0])


def test_old_codes_and_tries_are_forgotten(client: FlaskClient, sign_in: SignIn, db_session: Session, freeze) -> None:
    start = clock.now()
    freeze(start)
    codes.issue(station=make_station("FT0001"), by="staff:7")
    bind(client, sign_in(), "1234567890")
    freeze(start + timedelta(days=40))
    settle_and_forget()
    for table in (ManagerCode, WrongManagerCode):
        assert db_session.scalar(sa.select(sa.func.count()).select_from(table)) == 0

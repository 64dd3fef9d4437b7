"""What is told of others' cases before one is sent, and joining one: never who, nor of which firm."""

import copy
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from server.cases.alike import AlikeRule, Matter, Near
from server.cases.loader import ServiceError, declare
from server.core.access import Level
from server.core.db import db
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, consents
from tests.cases.declared import document, pausable, services
from tests.desk import desk_of
from tests.sign_in import Headers, SignIn

GATE = {"lat": 22.5462, "lng": 114.0881}
MARKED = "门口保安姓麻花"

Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """What somebody is told who is about to send this."""

    def asked(answers: Mapping[str, Any], place: Any = GATE, service: str = "grievance") -> list[dict[str, Any]]:
        answer = client.post(f"/api/v1/services/{service}/alike", json={"answers": answers, "place": place})
        assert answer.status_code == 200, answer.json
        items: list[dict[str, Any]] = answer.json["items"]
        return items

    return asked


def at_the_gate(topic: str = "access", **more: Any) -> dict[str, Any]:
    answers = {"topic": topic, "text": f"{MARKED}，不让电动车进，要走两公里。", "firm": "演示配送站"}
    return {"answers": answers, "place": GATE, "consents": consents("terms", "location"), **more}


def three_put_together(submit: Submit, desk: Desk, sign_in: SignIn, topic: str = "access") -> dict[str, Any]:
    """One case with two merged into it by the staff; who sent them are three."""
    lead, *others = [
        submit("grievance", sign_in(Level.L1), identity_mode="confidential", **at_the_gate(topic)) for _ in range(3)
    ]
    desk.do(lead, "accept")
    for one in others:
        desk.do(one, "accept")
        assert desk.run("do", one["no"], "merge", "--into", lead["no"]).exit_code == 0
    return lead


def test_one_or_two_who_complained_are_never_told_of(submit: Submit, desk: Desk, sign_in: SignIn, ask: Ask) -> None:
    first, second = (submit("grievance", sign_in(Level.L1), **at_the_gate()) for _ in range(2))
    for one in (first, second):
        desk.do(one, "accept")
    assert desk.run("do", second["no"], "merge", "--into", first["no"]).exit_code == 0
    assert ask({"topic": "access"}) == []


def test_what_three_sent_and_nobody_put_together_is_not_told_of(submit: Submit, sign_in: SignIn, ask: Ask) -> None:
    """Or whoever sends two of their own could find out whether there is a third."""
    for _ in range(3):
        submit("grievance", sign_in(Level.L1), **at_the_gate())
    assert ask({"topic": "access"}) == []


def test_what_the_union_put_together_is_told_of_by_its_topic_alone(
    freeze: Freeze, submit: Submit, desk: Desk, sign_in: SignIn, ask: Ask
) -> None:
    freeze(FRIDAY)
    lead = three_put_together(submit, desk, sign_in)
    freeze(FRIDAY + timedelta(days=3, hours=2))
    (told,) = ask({"topic": "access"})
    ticket = told.pop("joins")
    assert told == {"title": "通行、停车、换电、小区门禁", "days": 3, "state_name": "已受理"}
    for secret in (lead["no"], MARKED, "演示配送站"):
        assert secret not in str(told) + ticket


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ({"topic": "access"}, None),
        ({"topic": "access"}, {"lat": 22.5562, "lng": 114.0881}),
        ({"topic": "station"}, GATE),
        ({"topic": "小区门禁"}, GATE),
        ({"topic": "pay", "firm": "演示配送站"}, GATE),
        ({"firm": "演示配送站"}, GATE),
        ({}, GATE),
    ],
)
def test_another_topic_another_place_or_a_firm_finds_nothing(
    submit: Submit, desk: Desk, sign_in: SignIn, ask: Ask, answers: dict[str, Any], place: Any
) -> None:
    three_put_together(submit, desk, sign_in)
    assert ask(answers, place) == []


def test_pay_is_never_told_of_however_many_complained(submit: Submit, desk: Desk, sign_in: SignIn, ask: Ask) -> None:
    three_put_together(submit, desk, sign_in, topic="pay")
    assert ask({"topic": "pay", "firm": "演示配送站"}) == []


def test_services_about_a_person_tell_nothing() -> None:
    telling = {key for key, one in services().items() if any(rule.told_from is not None for rule in one.alike)}
    assert telling == {"grievance", "hazard_report"}


def test_whoever_has_the_same_joins_and_is_answered_alike(
    submit: Submit, desk: Desk, sign_in: SignIn, follow: Follow, ask: Ask
) -> None:
    lead = three_put_together(submit, desk, sign_in)
    (told,) = ask({"topic": "access"})
    me: Headers = sign_in(Level.L1)
    mine = submit("grievance", me, **at_the_gate(joins=told["joins"]))
    assert (mine["state_name"], mine["answers"]["text"][:3]) == ("和同样的事一起办", MARKED[:3])
    nameless = submit("grievance", **at_the_gate(joins=told["joins"]))
    desk.do(lead, ("reply", "物业同意在东门放行电动车"))
    for case, who in ((mine, me), (nameless, None)):
        seen = follow(case, who).read()
        assert seen["state"] == "replied"
        assert [one["text"] for one in seen["messages"]] == ["物业同意在东门放行电动车"]


def test_what_was_answered_meanwhile_is_not_joined_and_nothing_is_lost(
    submit: Submit, desk: Desk, sign_in: SignIn, ask: Ask
) -> None:
    lead = three_put_together(submit, desk, sign_in)
    (told,) = ask({"topic": "access"})
    desk.do(lead, ("reply", "物业同意在东门放行电动车"))
    assert submit("grievance", sign_in(Level.L1), **at_the_gate(joins=told["joins"]))["state"] == "submitted"


def test_a_ticket_that_is_none_is_refused_and_one_of_yesterday_is_passed_over(
    client: FlaskClient, freeze: Freeze, submit: Submit, desk: Desk, sign_in: SignIn, ask: Ask
) -> None:
    freeze(FRIDAY)
    three_put_together(submit, desk, sign_in)
    (told,) = ask({"topic": "access"})
    for forged in ("nein", told["joins"][:-6] + "AAAA=="):
        with pytest.raises(AssertionError, match="422"):
            submit("grievance", sign_in(Level.L1), **at_the_gate(joins=forged))
    freeze(FRIDAY + timedelta(hours=25))
    assert submit("grievance", sign_in(Level.L1), **at_the_gate(joins=told["joins"]))["state"] == "submitted"


def test_a_ticket_joins_only_what_is_about_the_same(submit: Submit, desk: Desk, sign_in: SignIn, ask: Ask) -> None:
    """Or words about anything could be hung onto a case, and be answered with it."""
    three_put_together(submit, desk, sign_in)
    (told,) = ask({"topic": "access"})
    assert submit("grievance", sign_in(Level.L1), **at_the_gate("pay", joins=told["joins"]))["state"] == "submitted"


def test_the_desk_sees_the_same_firm_and_a_stranger_s_desk_does_not(
    app: Flask, submit: Submit, sign_in: SignIn
) -> None:
    first = submit("grievance", sign_in(Level.L1), **at_the_gate("pay"))
    second = submit("grievance", sign_in(Level.L1), **at_the_gate("pay"))
    assert first["no"] in desk_of(app, "R1", "district_rights").get(f"/console/cases/{second['no']}").text
    db.session.rollback()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ({"same": ["firm"]}, "must not learn"),
        ({"near": None}, "only what is in one place is told"),
        ({"same": ["nothing"]}, "has no field nothing"),
        ({"near": {"field": "topic", "metres": 5}}, "is no place"),
    ],
)
def test_a_file_that_would_tell_too_much_is_refused(spoil: dict[str, Any], reason: str) -> None:
    spoilt = copy.deepcopy(document("grievance"))
    rule = {**spoilt["alike"][0], "if": {"topic": "access"}, **spoil}
    spoilt["alike"] = [{key: value for key, value in rule.items() if value is not None}]
    with pytest.raises(ServiceError, match=reason):
        declare(spoilt, pausable=pausable(), name="grievance.yaml")


@given(
    lat=st.floats(22.4, 22.9),
    lng=st.floats(113.7, 114.7),
    north=st.floats(-1, 1),
    east=st.floats(-1, 1),
    metres=st.sampled_from([50, 300, 2000]),
)
def test_who_may_be_the_same_waits_for_one_lock(lat: float, lng: float, north: float, east: float, metres: int) -> None:
    rule = AlikeRule(("kind",), Near("spot", metres), 72, None, True, 1)

    def at(lat: float, lng: float) -> Matter:
        return Matter({"kind": "pothole", "spot": {"lat": lat, "lng": lng, "source": "pin"}}, None)

    here = at(lat, lng)
    there = at(lat + north * metres / 111_195, lng + east * metres / 102_000)
    if rule.fits(here, there):
        assert rule.marks(here) & rule.marks(there)
    assert 1 <= len(rule.marks(here)) <= 4
    assert not rule.marks(here) & rule.marks(at(lat + 1, lng)), "nobody waits for what is elsewhere"
    assert rule.marks(Matter({"kind": "pothole"}, None)) == set(), "nor who says no place"

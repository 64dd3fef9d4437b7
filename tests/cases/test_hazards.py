"""骑手秒报: one thing that many report is one case, everybody is answered, and nobody has to be somebody."""

import io
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from server.cases import likeness
from server.cases.files.models import Attachment
from server.cases.models import Case
from server.core.access import Level
from server.core.clock import SHANGHAI
from server.core.datum import distance_m
from server.core.db import db
from server.notices.models import Notice
from server.unions.models import TradeUnion
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, consents, submission
from tests.cases.doing import due
from tests.cases.files.conftest import encoded, picture
from tests.desk import desk_of
from tests.sign_in import Headers, SignIn
from tests.staff import make_street

HOLE = {"lat": 22.54622, "lng": 114.08811, "source": "here", "accuracy": 12}
BETWEEN = {**HOLE, "lat": 22.5502, "lng": 114.0818}
"""Near the border of 华富 and 华强北."""
TERMS = ("terms", "location")
STREETS = ("440304011", "440304001")


def about(spot: Mapping[str, Any] | None = None, **answers: Any) -> dict[str, Any]:
    """The example's hole, or something else somewhere else."""
    return {"answers": {"spot": {**HOLE, **(spot or {})}, **answers}, "consents": consents(*TERMS)}


def north(metres: float) -> dict[str, float]:
    return {"lat": HOLE["lat"] + metres / 111_195}


@pytest.fixture
def rider(sign_in: SignIn) -> Headers:
    return sign_in(Level.L0)


@pytest.fixture
def other(sign_in: SignIn) -> Headers:
    return sign_in(Level.L1)


# ── told in ten seconds


def test_whoever_is_not_signed_in_reports_and_follows_with_a_secret(submit: Submit, follow: Follow) -> None:
    made = submit("hazard_report", **about())
    assert (made["state_name"], made["identity_mode"]) == ("收到了，等核对", "anonymous")
    seen = follow(made, None).read()
    assert seen["answers"]["spot"] == HOLE, "as exact as it was measured: it is a thing"


def test_a_picture_alone_is_enough_and_nothing_at_all_is_not(client: FlaskClient, rider: Headers) -> None:
    body = submission("hazard_report", **about())
    del body["answers"]["text"]
    refused = client.post("/api/v1/cases", json=body, headers=_once(rider))
    assert refused.json["errors"]["answers.text"]
    sent = client.post(
        "/api/v1/attachments", data={"file": (io.BytesIO(encoded(picture(), "PNG")), "p.png")}, headers=rider
    )
    body["attachments"] = [{"id": sent.json["id"]}]
    assert client.post("/api/v1/cases", json=body, headers=_once(rider)).status_code == 201


def test_where_the_phone_was_takes_consent_and_a_pin_does_not(client: FlaskClient, rider: Headers) -> None:
    body = submission("hazard_report", **about())
    body["consents"] = consents("terms")
    refused = client.post("/api/v1/cases", json=body, headers=_once(rider))
    assert (refused.status_code, "consents.location" in refused.json["errors"]) == (422, True), refused.json
    body["answers"]["spot"] = {**HOLE, "source": "pin"}
    assert client.post("/api/v1/cases", json=body, headers=_once(rider)).status_code == 201


def test_a_consent_that_is_taken_back_takes_the_measured_place_along(
    client: FlaskClient, submit: Submit, follow: Follow, rider: Headers
) -> None:
    made = submit("hazard_report", rider, **about())
    taken = client.delete("/api/v1/me/consents/location", headers=rider)
    assert taken.status_code < 300, taken.json
    assert "spot" not in follow(made, rider).read()["answers"]


@pytest.mark.parametrize(
    ("at", "kind", "more", "check", "fix"),
    [
        ("13T10:00", "pothole", {}, "13T14:00", "16T10:00"),
        ("13T20:30", "traffic", {}, "14T09:30", "21T00:00"),
        ("13T23:10", "falling", {}, "14T11:00", "14T23:10"),
        ("13T10:00", "other", {"danger": True}, "13T14:00", "14T10:00"),
    ],
)
def test_what_presses_is_checked_and_mended_sooner(
    freeze: Freeze, submit: Submit, at: str, kind: str, more: dict[str, Any], check: str, fix: str
) -> None:
    freeze(datetime.fromisoformat(f"2026-03-{at}").replace(tzinfo=SHANGHAI))
    made = submit("hazard_report", **about(kind=kind, **more))
    assert due(made) == {"check": f"2026-03-{check}:00+08:00", "fix": f"2026-03-{fix}:00+08:00"}


def test_what_a_browser_measures_is_put_where_our_maps_draw_it(submit: Submit) -> None:
    gps = submit("hazard_report", **about({"datum": "wgs84"}))["answers"]["spot"]
    assert "datum" not in gps
    assert 300 < distance_m(HOLE["lat"], HOLE["lng"], gps["lat"], gps["lng"]) < 700


@pytest.mark.parametrize(
    ("spot", "place"),
    [
        (HOLE, "GH440304011"),
        ({**HOLE, "lat": 22.5285, "lng": 114.0615}, "GH440304"),
        ({**HOLE, "lat": 22.5300, "lng": 114.2000}, "GH440304"),
        (BETWEEN, "GH440304"),
        ({**BETWEEN, "street": "440304009"}, "GH440304"),
        ({**BETWEEN, "street": "440304011"}, "GH440304011"),
        ({**HOLE, "accuracy": 400}, "GH440304"),
        (None, "GH440304"),
    ],
    ids=[
        *("a street", "a street without a union", "in no street that we know", "near a border"),
        *("near a border, told: without a union", "near a border, told", "measured badly", "no point"),
    ],
)
def test_a_guests_hazard_is_for_the_street_in_which_it_is(
    app: Flask, submit: Submit, spot: dict[str, Any] | None, place: str
) -> None:
    streets = {code: desk_of(app, f"W{code}", "street_worker", union=make_street(code)) for code in STREETS}
    told = about()
    told["answers"]["spot"] = spot
    no = submit("hazard_report", **told)["no"]
    lies = sa.select(TradeUnion.code).join(Case, Case.union_id == TradeUnion.id).where(Case.no == no)
    assert db.session.scalar(lies) == place
    sees = {code: street.get(f"/console/cases/{no}").status_code for code, street in streets.items()}
    assert sees == {code: 200 if place == f"GH{code}" else 404 for code in STREETS}
    assert desk_of(app, "D1", "district_rights").get(f"/console/cases/{no}").status_code == 200


def test_a_street_that_there_is_not_is_refused(client: FlaskClient, rider: Headers) -> None:
    body = submission("hazard_report", **about({"street": "440304999"}))
    refused = client.post("/api/v1/cases", json=body, headers=_once(rider))
    assert refused.json["errors"] == {"answers.spot.street": ["请从列表里选街道或社区"]}


# ── one thing is one case


@pytest.mark.parametrize(
    ("spot", "more", "hours", "joined"),
    [
        (north(45), {}, 71, True),
        (north(55), {}, 1, False),
        (north(10), {"kind": "lamp"}, 1, False),
        (north(0), {}, 73, False),
        ({"source": "street"}, {}, 1, False),
        ({"accuracy": 400}, {}, 1, False),
    ],
    ids=["near", "too far", "another thing", "too late", "only the street", "not sure where"],
)
def test_the_same_thing_within_fifty_metres_and_three_days_is_one(
    freeze: Freeze, submit: Submit, spot: dict[str, Any], more: dict[str, Any], hours: int, joined: bool
) -> None:
    freeze(FRIDAY)
    submit("hazard_report", **about())
    freeze(FRIDAY + timedelta(hours=hours))
    again = submit("hazard_report", **about(spot, **more))
    assert (again["state"] == "merged") is joined


def test_in_a_flood_of_reports_one_thing_is_still_one(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "BATCH", 2)
    first = submit("hazard_report", **about())
    for far in range(1, 5):
        assert submit("hazard_report", **about(north(far * 400)))["state"] == "new"
    again = submit("hazard_report", **about(north(5)))
    assert again["state"] == "merged"
    lead = sa.select(Case.no).where(Case.id == sa.select(Case.lead_id).where(Case.no == again["no"]).scalar_subquery())
    assert db.session.scalar(lead) == first["no"]


def test_what_says_too_little_is_not_joined_by_itself(submit: Submit) -> None:
    submit("hazard_report", **about(kind="other"))
    assert submit("hazard_report", **about(kind="other"))["state"] == "new"


def test_who_says_that_it_is_another_one_stays_apart(submit: Submit) -> None:
    submit("hazard_report", **about())
    assert submit("hazard_report", **about(), apart=True)["state"] == "new"


def test_everybody_who_reported_it_gets_the_picture_and_the_words(
    client: FlaskClient, desk: Desk, submit: Submit, follow: Follow, rider: Headers, other: Headers, tmp_path: Any
) -> None:
    first = submit("hazard_report", rider, **about())
    second = submit("hazard_report", other, **about(north(20)))
    nameless = submit("hazard_report", **about(north(-20)))
    assert [second["state"], nameless["state"]] == ["merged", "merged"]
    desk.do(first, "check")
    filled = desk.run("fill", first["no"], "--answers", '{"sent_to": "urban_management", "outside_no": "CG-118"}')
    assert filled.exit_code == 0, filled.output
    desk.do(first, "send")
    assert follow(second, other).read()["timeline"][-1]["what"] == "转给管的部门了"

    after = tmp_path / "after.jpg"
    exif = Image.Exif()
    exif[0x010F] = "geheime Kamera"
    picture().save(after, exif=exif)
    refused = desk.run("do", first["no"], "fix", "--text", "城管补好了")
    assert (refused.exit_code, "附上照片" in refused.output) == (1, True)
    fixed = desk.run("do", first["no"], "fix", "--text", "城管补好了", "--file", str(after))
    assert fixed.exit_code == 0, fixed.output

    urls = set()
    for case, who in ((first, rider), (second, other), (nameless, None)):
        seen = follow(case, who).read()
        assert seen["state"] == "fixed"
        (said,) = seen["messages"]
        assert said["text"] == "城管补好了"
        (file,) = said["attachments"]
        shown = client.get(file["url"])
        assert (shown.status_code, b"geheime Kamera" in shown.data) == (200, False)
        urls.add(file["id"])
    assert len(urls) == 3, "each case has a file of its own, which goes with it"
    told = [one.worker_id for one in db.session.scalars(sa.select(Notice)).all() if one.title == "你报的情况办好了"]
    assert len(set(told)) == len(told) == 2, "both with a name; nobody has no inbox"

    rated = follow(second, other).post("rating", {"solved": True, "attitude": 5, "result": 5})
    assert rated.json["state"] == "told"
    assert follow(first, rider).read()["state"] == "fixed", "each says for itself whether it is mended"


def test_when_the_first_one_is_taken_back_the_others_stand_by_themselves(
    submit: Submit, follow: Follow, rider: Headers, other: Headers
) -> None:
    first = submit("hazard_report", rider, **about())
    second = submit("hazard_report", other, **about())
    follow(first, rider).post("withdrawal", {})
    alone = follow(second, other).read()
    assert (alone["state"], set(due(alone))) == ("new", {"check", "fix"})


def test_what_was_merged_into_a_case_goes_along_when_that_is_merged(
    desk: Desk, submit: Submit, follow: Follow, rider: Headers, other: Headers
) -> None:
    lead = submit("hazard_report", **about(north(100)))
    middle = submit("hazard_report", rider, **about())
    last = submit("hazard_report", other, **about())
    assert desk.run("do", middle["no"], "merge", "--into", lead["no"]).exit_code == 0
    desk.do(lead, ("refuse", "那里在修路，下周通车"))
    assert [follow(middle, rider).read()["state"], follow(last, other).read()["state"]] == ["refused", "refused"]


# ── whoever checks


def test_the_desk_shows_what_may_be_the_same_and_merges_it_with_one_click(
    app: Flask, submit: Submit, follow: Follow, rider: Headers
) -> None:
    first = submit("hazard_report", **about())
    second = submit("hazard_report", rider, **about(north(120)))
    far = submit("hazard_report", **about(north(400)))
    clerk = desk_of(app, "R1", "district_rights")
    page = clerk.get(f"/console/cases/{second['no']}").text
    assert first["no"] in page
    assert "相距 120 米" in page
    assert far["no"] not in page
    version = db.session.scalar(sa.select(Case.version).where(Case.no == second["no"]))
    made = clerk.post(
        f"/console/cases/{second['no']}/steps/merge", {"lead": first["no"], "version": str(version)}, follow=True
    )
    assert made.status_code == 200
    assert follow(second, rider).read()["state"] == "merged"
    assert second["no"] in clerk.get(f"/console/cases/{first['no']}").text


def test_the_desk_asks_for_the_picture_of_what_was_mended(app: Flask, desk: Desk, submit: Submit) -> None:
    made = submit("hazard_report", **about())
    desk.do(made, "check")
    clerk = desk_of(app, "R1", "district_rights")
    step = f"/console/cases/{made['no']}/steps/fix"
    version = db.session.scalar(sa.select(Case.version).where(Case.no == made["no"]))
    without = clerk.post(step, {"text": "补好了", "version": str(version)})
    assert "请附上照片" in without.text
    file = (io.BytesIO(encoded(picture(), "PNG")), "after.png")
    done = clerk.post(step, {"text": "补好了", "version": str(version), "files": file}, follow=True)
    assert done.status_code == 200
    case = db.session.scalars(sa.select(Case).where(Case.no == made["no"])).one()
    assert case.state == "fixed"
    assert db.session.scalar(sa.select(sa.func.count()).where(Attachment.case_id == case.id)) == 1


def _once(headers: Mapping[str, str]) -> dict[str, str]:
    return {**headers, "Idempotency-Key": str(uuid.uuid4())}

"""The whole main job over real HTTP, as a rider lives it: from the first scan to an answered grievance."""

import io
import json
import os
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import requests
from PIL import Image

from dev.demo import unions
from server.core.clock import now
from server.core.jobs import run_worker
from tests.live import ROOT, LiveServer
from tests.people import Person, person
from tests.staff import make_staff
from tests.standins import StandIn

RIDER = person(417)


class Phone:
    """A worker's phone: talks to the service, remembers its token."""

    def __init__(self, server: LiveServer) -> None:
        self._server = server
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, expect: int, body: Any = None, **options: Any) -> Any:
        headers = self.headers | options.pop("headers", {})
        if method == "POST":
            headers = {"Idempotency-Key": str(uuid.uuid4())} | headers
        answer = requests.request(
            method, self._server.url("/api/v1" + path), json=body, headers=headers, timeout=20, **options
        )
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None


def flask(environment: dict[str, str], *command: str) -> str:
    """Run the command line as staff do."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "server.app", *command],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def staff(environment: dict[str, str]) -> Any:
    return lambda *command: flask(environment, *command)


def roster_file(folder: Path, who: Person) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "证件类型", "证件号码", "所属工会编码"])
    sheet.append([who.name, "居民身份证", who.id_number, "GH440304-U02"])
    book.save(folder / "roster.xlsx")
    return folder / "roster.xlsx"


def stations_file(folder: Path) -> Path:
    """The demo's places in the importer's own district."""
    lines = (ROOT / "config" / "demo" / "stations.csv").read_text("utf-8").splitlines()
    file = folder / "stations.csv"
    file.write_text("\n".join([lines[0], *(line for line in lines if ",440304," in line)]), "utf-8")
    return file


def announce(staff: Any, folder: Path) -> str:
    """Staff publish an activity with twenty seats; returns its id."""
    start = now() + timedelta(days=3)
    written = {
        "title": "骑手电动车安全讲座",
        "kind": "lecture",
        "organiser": "GH440304",
        "summary": "讲怎么防滑、防盗、防起火。",
        "place": "福田街道职工服务中心",
        "district_code": "440304",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
        "opens_at": (now() - timedelta(hours=1)).isoformat(),
        "closes_at": (start - timedelta(hours=1)).isoformat(),
        "cancel_until": (start - timedelta(hours=1)).isoformat(),
        "groups": [{"key": "all", "name": "所有人", "capacity": "20"}],
    }
    file = folder / "activity.yaml"
    file.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    return str(staff("activities", "announce", str(file), "--by", "9003")).strip().split()[-1]


def png() -> bytes:
    """A real picture."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 64), "orange").save(stream, "PNG")
    return stream.getvalue()


def test_from_the_first_scan_to_an_answered_grievance(
    server: LiveServer, wechat_standin: StandIn, staff: Any, tmp_path: Path
) -> None:
    phone = Phone(server)

    # She scans the code at a station: no login, no script, and it says whether it is open.
    unions.load()
    make_staff("9001")
    make_staff("9002", "district_organisation")
    make_staff("9003", "district_publicity")
    staff("stations", "import", str(stations_file(tmp_path)), "--datum", "gcj02", "--by", "9003")
    page = requests.get(server.url("/s/FT0003"), timeout=20)
    assert page.status_code == 200
    assert "不收费" in page.text
    assert "<script" not in page.text

    # She signs in silently, then gives her phone number by the button.
    code = wechat_standin.control("POST", "codes", {})["code"]
    session = phone.ask("POST", "/sessions", 201, {"code": code})
    assert session["worker"]["level"] == "L0"
    phone.headers["Authorization"] = f"Bearer {session['token']}"
    phone.ask("POST", "/sessions", 401, {"code": code})
    phone_code = wechat_standin.control("POST", "phone-codes", {"phone": RIDER.phone})["code"]
    assert phone.ask("PUT", "/me/phone", 200, {"code": phone_code})["level"] == "L1"

    # She finds the nearest open station with hot water and charging.
    found = phone.ask("GET", "/stations?near=22.5215,114.0513&radius=3000&amenity=S01&amenity=S06&open=now", 200)
    assert all(station["open"]["state"] in {"open", "unconfirmed"} for station in found["items"])
    distances = [station["distance_m"] for station in found["items"]]
    assert distances == sorted(distances)
    assert found["items"] or found["widen"]

    # Too early to join: that needs her name and number. (Legal aid takes her as she is.)
    refused = phone.ask("POST", "/cases", 403, {"service": "join_union", "answers": {}, "consents": []})
    assert refused["required_level"] == "L2"

    # The union imports its roster; she verifies as a member.
    staff("roster", "import", str(roster_file(tmp_path, RIDER)), "--by", "9002")
    versions = {consent["key"]: consent["version"] for consent in phone.ask("GET", "/consents", 200)["items"]}
    verdict = phone.ask(
        "POST",
        "/me/verification",
        200,
        {
            "id_type": "resident_id",
            "id_number": RIDER.id_number,
            "name": RIDER.name,
            "worker_group": "food_delivery",
            "consents": [{"key": key, "version": versions[key]} for key in ("terms", "identity")],
        },
    )
    assert (verdict["level"], verdict["state"]) == ("L2", "matched")

    # She signs up for an activity, twice by a double tap, and is in once.
    activity = announce(staff, tmp_path)
    first = phone.ask("POST", f"/activities/{activity}/signups", 201, {})
    again = phone.ask("POST", f"/activities/{activity}/signups", 200, {})
    assert first["state"] == "signed"
    assert first["id"] == again["id"]
    assert [signup["id"] for signup in phone.ask("GET", "/me/signups", 200)["items"]] == [first["id"]]

    # She asks for legal aid over unpaid wages and sees until when a claim has to be filed.
    service = phone.ask("GET", "/services/legal_aid", 200)
    aid = phone.ask(
        "POST",
        "/cases",
        201,
        {
            "service": "legal_aid",
            "identity_mode": "named",
            "consents": [{"key": consent["key"], "version": consent["version"]} for consent in service["consents"]],
            "answers": {
                "matter": "wages",
                "text": "站点拖欠三个月工钱，一直说下个月给。",
                "work_mode": "roster",
                "other_parties": [{"name": "某配送站", "role": "employer"}],
                "still_working": False,
                "last_day": "2026-03-01",
                "wages": [{"month": "2026-02", "agreed": 760000, "paid": 0}],
                "stage": "none",
                "wanted": "arbitration",
                "migrant": True,
            },
        },
    )
    assert aid["phase"] == "submitted"
    assert "2027-03-01" in json.dumps(aid)
    assert aid["next"]["who"]
    assert aid["clocks"]

    # She sends a grievance with a photo; staff answer, she reads it and says whether that solved it.
    picture = png()
    attachment = requests.post(
        server.url("/api/v1/attachments"),
        files={"file": ("shot.png", picture, "image/png")},
        headers=phone.headers | {"Idempotency-Key": str(uuid.uuid4())},
        timeout=20,
    ).json()
    grievance = phone.ask(
        "POST",
        "/cases",
        201,
        {
            "service": "grievance",
            "consents": [{"key": "terms", "version": versions["terms"]}],
            "attachments": [{"id": attachment["id"]}],
            "answers": {"kind": "complaint", "topic": "pay", "text": "每单多扣两元，没有说明依据。", "wish": "solve"},
        },
    )
    number = grievance["no"]
    staff("case", "do", number, "accept", "--as", "9001")
    staff("case", "do", number, "reply", "--as", "9001", "--text", "站点已取消扣款，三天内退还。")
    answered = phone.ask("GET", f"/cases/{number}", 200)
    assert answered["phase"] == "decided"
    assert any("站点已取消扣款" in message["text"] for message in answered["messages"])
    inbox = phone.ask("GET", "/notices", 200)["items"]
    assert any(number in notice["body"] for notice in inbox)
    rated = phone.ask("POST", f"/cases/{number}/rating", 201, {"solved": True, "attitude": 5, "result": 4})
    assert rated["rating"]["solved"] is True
    assert rated["phase"] == "done"

    # After signing out the token opens nothing.
    phone.ask("DELETE", "/sessions/current", 204)
    phone.ask("GET", "/me", 401)


def test_an_anonymous_grievance_is_followed_by_number_and_secret_alone(server: LiveServer, staff: Any) -> None:
    make_staff("9001")
    phone = Phone(server)
    versions = {consent["key"]: consent["version"] for consent in phone.ask("GET", "/consents", 200)["items"]}
    sent = {
        "service": "grievance",
        "identity_mode": "anonymous",
        "consents": [{"key": "terms", "version": versions["terms"]}],
        "answers": {"kind": "report", "topic": "safety", "text": "充电柜旁边堆满纸箱，消防通道堵了。", "wish": "solve"},
    }
    case = phone.ask("POST", "/cases", 201, sent)
    secret = {"Case-Secret": case["secret"]}
    phone.ask("GET", f"/cases/{case['no']}", 401)
    phone.ask("GET", f"/cases/{case['no']}", 404, headers={"Case-Secret": "wrong"})
    staff("case", "do", case["no"], "accept", "--as", "9001")
    staff("case", "do", case["no"], "reply", "--as", "9001", "--text", "已清理，谢谢提醒。")
    read = phone.ask("GET", f"/cases/{case['no']}", 200, headers=secret)
    assert read["identity_mode"] == "anonymous"
    assert "secret" not in read
    assert any("已清理" in message["text"] for message in read["messages"])
    rated = phone.ask(
        "POST", f"/cases/{case['no']}/rating", 201, {"solved": True, "attitude": 5, "result": 5}, headers=secret
    )
    assert rated["phase"] == "done"


def test_in_a_browser_a_code_by_sms_signs_in(server: LiveServer, sms_standin: StandIn, app: Any) -> None:
    phone = Phone(server)
    phone.ask("POST", "/sms-codes", 202, {"phone": RIDER.phone})
    run_worker(app, wait=False, periodic_tasks=False)
    session = phone.ask(
        "POST", "/sessions", 201, {"phone": RIDER.phone, "sms_code": sms_standin.messages()[-1]["code"]}
    )
    assert session["worker"]["level"] == "L1"

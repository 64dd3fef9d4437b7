"""A worker who is there already: signed in, with a seat at an activity and a case, made over the API."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True)
class Resident:
    """Whose session a page may start with, and what there is to look at."""

    session: dict[str, Any]
    activity_id: str
    signup_id: str
    case_no: str

    def kept_session(self) -> str:
        """A script that puts the session where the page keeps it, before the page reads it."""
        return kept_script("session", {"token": self.session["token"], "worker": self.session["worker"]})


def kept_script(name: str, value: object) -> str:
    """A script that keeps a value as the page does; a blank page may keep nothing."""
    held = json.dumps({"type": "string", "data": json.dumps(value)})
    return f"try {{ localStorage.setItem('wb.{name}', {json.dumps(held)}) }} catch (refused) {{}}"


def settle(base_url: str, name: str) -> Resident:
    """Sign in as the demo person of this name, take a seat, ask for legal aid."""
    api = f"{base_url}/api/v1"
    people = requests.get(f"{api}/dev/identities", timeout=30).json()["items"]
    code = next(person["code"] for person in people if person["name"] == name)
    session = requests.post(f"{api}/sessions", json={"code": code}, timeout=30).json()
    headers = {"Authorization": f"Bearer {session['token']}"}

    activities = requests.get(f"{api}/activities?limit=50", timeout=30).json()["items"]
    activity = next(item for item in activities if item["title"] == "骑手免费体检日")
    signup = requests.post(f"{api}/activities/{activity['id']}/signups", json={}, headers=headers, timeout=30)
    assert signup.status_code == 201, signup.text

    service = requests.get(f"{api}/services/legal_aid", timeout=30).json()
    case = requests.post(
        f"{api}/cases",
        json={
            "service": "legal_aid",
            "identity_mode": "named",
            "answers": service["example"],
            "consents": [{"key": rule["key"], "version": rule["version"]} for rule in service["consents"]],
        },
        headers=headers | {"Idempotency-Key": str(uuid.uuid4())},
        timeout=30,
    )
    assert case.status_code == 201, case.text
    return Resident(session, activity["id"], signup.json()["id"], case.json()["no"])

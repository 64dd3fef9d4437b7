"""A stand-in for an identity service: does this name go with this number?

    python -m dev.standins.identity --port 8102

    POST /v1/checks     signed, see `server/identity/identity_service.py`
        {"request_id": "<uuid>", "name": "…", "id_number": "…"}
        200 {"result": "same" | "different" | "unknown"}       charged once for each request_id
        400 {"error": {"code": "bad_request"}}      401 bad_signature      403 replayed
        429 quota_exceeded      423 maintenance

Like real ones it is sometimes wrong: a name with a character beyond the basic plane is "different" to it, whatever the
truth. Nobody is known until somebody says so on the control side (see `serving.py`), which has besides the usual:

    POST   /_control/people     {"name", "id_number"}       now on record
    GET    /_control/charges    {"items": ["<request_id>", …]}, what would be on the bill
    POST   /_control/quota      {"left"}        so many answers more; null for no limit

A fault's `errcode` is one of the codes above.
"""

import argparse
import os
from datetime import UTC, datetime

from dev.standins.serving import Answer, Asked, BadControl, StandIn, control_body, run
from server.core.signed_requests import is_signed

STATUS = {"bad_request": 400, "bad_signature": 401, "replayed": 403, "maintenance": 423, "quota_exceeded": 429}
DEMO_SETTINGS = {"IDENTITY_APP_ID": "demo-identity-app", "IDENTITY_APP_SECRET": "demo-identity-secret"}
"""What a service of a demo signs with, and the stand-in knows it by."""
BASIC_PLANE = 0xFFFF


class IdentityStandIn(StandIn):
    """The service."""

    masked = frozenset({"name", "id_number"})

    def __init__(self, *, app_id: str, secret: str) -> None:
        super().__init__()
        self.routes["/v1/checks"] = self._check
        self.control[("POST", "/_control/people")] = self._put_on_record
        self.control[("GET", "/_control/charges")] = lambda _: Answer.json({"items": list(self._charged)})
        self.control[("POST", "/_control/quota")] = self._set_quota
        self._app_id, self._secret = app_id, secret
        self._people: dict[str, str] = {}
        self._charged: dict[str, str] = {}
        self._nonces: set[str] = set()
        self._left: int | None = None

    def error(self, errcode: int | str) -> Answer:
        """`{"error": {"code"}}` with the code's status."""
        return Answer.json({"error": {"code": errcode}}, status=STATUS.get(str(errcode), 400))

    def unknown(self, asked: Asked) -> Answer:
        """404."""
        return Answer.json({"error": {"code": "not_found"}}, status=404)

    def _check(self, asked: Asked) -> Answer:
        at = datetime.fromtimestamp(self.now(), UTC)
        who = {"app_id": self._app_id, "secret": self._secret}
        if not is_signed(dict(asked.headers), method="POST", path=asked.path, body=asked.body, at=at, **who):
            return self.error("bad_signature")
        nonce = asked.headers.get("X-Nonce", "")
        if nonce in self._nonces:
            return self.error("replayed")
        self._nonces.add(nonce)
        try:
            question = asked.json()
            request_id, name, id_number = question["request_id"], question["name"], question["id_number"]
        except (ValueError, KeyError, TypeError):
            return self.error("bad_request")
        if request_id not in self._charged:
            if self._left == 0:
                return self.error("quota_exceeded")
            if self._left is not None:
                self._left -= 1
            self._charged[request_id] = self._judge(name, id_number)
        return Answer.json({"result": self._charged[request_id]})

    def _judge(self, name: str, id_number: str) -> str:
        if id_number not in self._people:
            return "unknown"
        if any(ord(character) > BASIC_PLANE for character in name):
            return "different"
        return "same" if self._people[id_number] == name else "different"

    def _put_on_record(self, asked: Asked) -> Answer:
        person = control_body(asked)
        if not isinstance(person.get("name"), str) or not isinstance(person.get("id_number"), str):
            raise BadControl("a person has name and id_number")
        self._people[person["id_number"]] = person["name"]
        return Answer.json({"people": len(self._people)})

    def _set_quota(self, asked: Asked) -> Answer:
        left = control_body(asked).get("left")
        if left is not None and (isinstance(left, bool) or not isinstance(left, int) or left < 0):
            raise BadControl("left is a whole number or null")
        self._left = left
        return Answer.json({"left": left})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.standins.identity", description="A stand-in identity service.")
    parser.add_argument("--port", type=int, default=8102, help="0: a free one")
    known = {name: os.environ.get(name) or default for name, default in DEMO_SETTINGS.items()}
    parser.add_argument("--app-id", default=known["IDENTITY_APP_ID"])
    parser.add_argument("--secret", default=known["IDENTITY_APP_SECRET"])
    run(
        lambda arguments: IdentityStandIn(app_id=arguments.app_id, secret=arguments.secret),
        parser,
        name="The stand-in identity service",
    )


if __name__ == "__main__":
    main()

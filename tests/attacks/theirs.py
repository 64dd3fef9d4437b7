"""What one worker has, so that others can reach for it."""

import io
import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.cases.exchange.models import CaseExchange
from server.cases.models import Case
from server.cases.vocabulary import Direction
from server.city.words import Word
from server.core import clock
from server.core.access import Level
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.identity import codes as sms_codes
from server.identity.models import OPENID, DeskRequest, SignInWay, SmsCode, WeChatLogin
from server.identity.service import sign_in_by_openid
from server.identity.sessions import open_session
from server.seats.claims import claims
from server.seats.models import ClaimState
from server.stations.managers import codes as manager_codes
from server.stations.models import Station, StationReport
from tests.activities.conftest import Announce
from tests.cases.conftest import consents, submission
from tests.cases.files.conftest import jpeg
from tests.people import Person, person
from tests.sign_in import Headers, SignIn, make_worker
from tests.staff import make_staff
from tests.stations.making import make_station

STAFF = "A1"
PART = jpeg()
"""The only part of a file that comes in parts."""


class Theirs:
    """Somebody with one of everything that has an id, a number or a code."""

    def __init__(self, app: Flask, client: FlaskClient, sign_in: SignIn, announce: Announce, who: int) -> None:
        self._app, self._client, self._sign_in, self._announce = app, client, sign_in, announce
        self.person, self.sibling_person = person(who), person(who + 1)
        self.device = {"X-Device": f"device-{self.person.phone}"}
        self._be_two_on_one_wechat()
        self._have_cases()
        self._have_files()
        self._have_seats()
        self._keep_a_station()
        self._verify_by_hand(who + 2)
        self.notice_id = self.ask("GET", "/notices").json["items"][0]["id"]
        self.code, self.sibling_code = self._code_to(self.person), self._code_to(self.sibling_person)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        key = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        answer = self._client.open(
            f"/api/v1{path}", method=method, headers=key | (self.headers if headers is None else headers), **options
        )
        assert answer.status_code < 300, f"{method} {path}: {answer.get_data(as_text=True)}"
        return answer

    def flask(self, *arguments: object) -> str:
        done = self._app.test_cli_runner().invoke(args=list(map(str, arguments)))
        assert done.exit_code == 0, done.output
        return done.output

    def again(self) -> dict[str, str]:
        """Signed in on another device too."""
        return {"Authorization": f"Bearer {open_session(worker_id=self.worker_id, way=SignInWay.WECHAT).token}"}

    def _be_two_on_one_wechat(self) -> None:
        openid = f"o-{self.person.phone}"
        self.sibling_id = self._behind(openid, self.sibling_person)
        self.worker_id = self._behind(openid, self.person)
        opened = sign_in_by_openid(openid=openid)
        self.headers = Headers(opened.session.token, opened.worker.id, self.person)
        assert opened.worker.id == self.worker_id

    def _behind(self, openid: str, who: Person) -> uuid.UUID:
        with transaction() as session:
            worker_id = make_worker(Level.L2, who).id
            login = WeChatLogin(worker_id=worker_id, openid=openid, openid_hmac=keyed_hmac(openid, purpose=OPENID))
            session.add(login)
        return worker_id

    def _have_cases(self) -> None:
        def submitted(headers: dict[str, str], **others: Any) -> dict[str, Any]:
            made: dict[str, Any] = self.ask("POST", "/cases", headers, json=submission("grievance", **others)).json
            return made

        self.case_no = submitted(self.headers)["no"]
        self.answered_no = submitted(self.headers)["no"]
        hidden = submitted({}, identity_mode="anonymous")
        answered = submitted({}, identity_mode="anonymous")
        self.hidden_no, self.secret = hidden["no"], {"Case-Secret": hidden["secret"]}
        self.answered_hidden_no, self.answered_secret = answered["no"], {"Case-Secret": answered["secret"]}
        self.asked_no, self.asked_too_no = (submitted(self.headers)["no"] for _ in range(2))
        asked, asked_too = (submitted({}, identity_mode="anonymous") for _ in range(2))
        self.hidden_asked_no, self.asked_secret = asked["no"], {"Case-Secret": asked["secret"]}
        self.hidden_asked_too_no, self.asked_too_secret = asked_too["no"], {"Case-Secret": asked_too["secret"]}
        for no in (self.asked_no, self.asked_too_no, self.hidden_asked_no, self.hidden_asked_too_no):
            self.flask("case", "do", no, "accept", "--as", STAFF)
            self.flask("case", "do", no, "ask_city", "--as", STAFF)
        unseen = submitted({}, identity_mode="anonymous")
        self.unseen_no, self.unseen_secret = unseen["no"], {"Case-Secret": unseen["secret"]}
        self.flask("case", "do", self.unseen_no, "accept", "--as", STAFF)
        self.flask("case", "do", self.unseen_no, "ask_unnamed", "--text", "是哪个站点？", "--as", STAFF)
        self.outcome_no = submitted(self.headers)["no"]
        for no in (self.answered_no, self.answered_hidden_no, self.outcome_no):
            self.flask("case", "do", no, "accept", "--as", STAFF)
            self.flask("case", "do", no, "reply", "--text", "办好了。", "--as", STAFF)
        self._let_12345_ask(self.outcome_no)

        self.aided_no = self.ask("POST", "/cases", self.headers, json=submission("legal_aid")).json["no"]
        lawyer = f"L{self.person.phone}"
        make_staff(lawyer, "lawyer")
        for step in ("screen", "grant"):
            self.flask("case", "do", self.aided_no, step, "--as", STAFF)
        self.flask("case", "do", self.aided_no, "assign", "--assignee", lawyer, "--as", STAFF)
        self.flask("case", "do", self.aided_no, "accept", "--as", lawyer)

    def _let_12345_ask(self, no: str) -> None:
        with transaction() as session:
            session.add(
                CaseExchange(
                    case_id=session.scalars(sa.select(Case.id).where(Case.no == no)).one(),
                    direction=Direction.OUT,
                    begun_at=clock.now(),
                    their_state=Word.CLOSED,
                    their_seq=1,
                    asks_rating=True,
                )
            )

    def _upload(self, headers: dict[str, str]) -> dict[str, Any]:
        made: dict[str, Any] = self.ask(
            "POST", "/attachments", headers, data={"file": (io.BytesIO(jpeg()), "a.jpg")}
        ).json
        return made

    def _have_files(self) -> None:
        self.file_ids = [self._upload(self.headers)["id"] for _ in range(5)]
        self.guest_files = [self._upload({}) for _ in range(2)]
        self.upload = self.ask("POST", "/uploads", json={"size": len(PART)}).json
        self.guest_upload = self.ask("POST", "/uploads", {}, json={"size": len(PART)}).json
        sent = {"text": "照片在这里", "attachments": [{"id": self._upload(self.headers)["id"]}]}
        shown = self.ask("POST", f"/cases/{self.case_no}/messages", json=sent).json
        self.link = shown["messages"][-1]["attachments"][0]["url"].removeprefix("/api/v1")

    def _have_seats(self) -> None:
        self.activity_id = self._announce(seats=9, title="有座位的")
        self.signup_id = self.ask("POST", f"/activities/{self.activity_id}/signups", json={}).json["id"]
        offering = self._announce(seats=1, title="轮到的", waiting_list=True, offers=True)
        first = self._sign_in()
        self.ask("POST", f"/activities/{offering}/signups", first, json={})
        self.offered_id = self.ask("POST", f"/activities/{offering}/signups", json={}).json["id"]
        self.ask("DELETE", f"/activities/{offering}/signups/mine", first)
        state = db.session.scalar(sa.select(claims.c.state).where(claims.c.id == uuid.UUID(self.offered_id)))
        assert state is ClaimState.OFFERED

    def _keep_a_station(self) -> None:
        self.station = f"FT{self.person.phone[-4:]}"
        station: Station = make_station(self.station, services=("S01",))
        self.manager_code = manager_codes.issue(station=station, by=f"staff:{STAFF}")
        self.ask("POST", "/me/manager-bindings", json={"code": self.manager_code})
        told = submission("grievance", identity_mode="named", phone=self.person.phone)
        self.typed_no = self.ask("POST", f"/stations/{self.station}/proxies", json=told).json["no"]
        make_station(f"{self.station}9")
        self.report_ids = [
            self.ask("POST", f"/stations/{code}/reports", headers, json={"kind": "open"}).json["id"]
            for code, headers in ((f"{self.station}9", self.headers), (self.station, self.device))
        ]
        # Long enough for a slow machine: a report can be taken back for ten seconds.
        with transaction() as session:
            session.execute(
                sa.update(StationReport)
                .where(StationReport.id.in_(self.report_ids))
                .values(created_at=clock.now() + timedelta(hours=1))
            )

    def _verify_by_hand(self, who: int) -> None:
        """A second account of theirs waits at the desk, which wants photos."""
        self.waiting = self._sign_in(Level.L1)
        someone = person(who)
        claim = {
            "id_type": "resident_id",
            "id_number": someone.id_number,
            "name": someone.name,
            "worker_group": "courier",
            "consents": consents("terms", "identity"),
        }
        assert self.ask("POST", "/me/verification", self.waiting, json=claim).json["state"] == "manual"
        self.request_id = db.session.scalars(
            sa.select(DeskRequest.id).where(DeskRequest.worker_id == self.waiting.worker_id)
        ).one()
        self.flask("verification", "want", self.request_id, "--by", STAFF, "--what", "请拍一张证件人像面。")
        self.evidence_id = self._upload(self.waiting)["id"]

    def _code_to(self, who: Person) -> str:
        """On its way to a phone."""
        sms_codes.request_code(phone=who.phone)
        code = db.session.scalars(sa.select(SmsCode).order_by(SmsCode.id.desc()).limit(1)).one().code
        db.session.rollback()
        assert code is not None
        return code

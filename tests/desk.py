"""A member of the staff at the console: signed in with real steps' results, and pages read as people read them."""

import re
from html import unescape

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.core.clock import now
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from server.unions.staff import sessions
from server.unions.staff.models import StaffAccount, StaffCredential
from server.unions.staff.passwords import hashed
from tests.staff import make_staff

PASSWORD = "drei-bunte-bienen-7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_HASH = hashed(PASSWORD)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def code_now() -> str:
    """What the authenticator of `SECRET` shows."""
    return pyotp.TOTP(SECRET).at(now())


def make_member(number: str, *held: str, union: TradeUnion | None = None) -> StaffAccount:
    """Somebody with these roles (see `make_staff`), a password and an authenticator."""
    account = make_staff(number, *held, union=union)
    give_credential(account)
    return account


def give_credential(account: StaffAccount) -> None:
    """The password and the authenticator of this file."""
    with transaction() as session:
        session.add(
            StaffCredential(staff_id=account.id, password_hash=_HASH, set_at=now(), totp_secret=SECRET, tries=0)
        )


class Desk:
    """A browser at the console. `post` takes the form token from the page that was read last."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.form_token: str | None = None

    def sign_in(self, number: str) -> "Desk":
        """As `number`, past both steps (which tests/console/test_sign_in.py takes one by one)."""
        with db.session.no_autoflush:
            account = db.session.scalars(db.select(StaffAccount).where(StaffAccount.number == number)).one()
        token = sessions.open_session(account=account, user_agent="Mozilla/5.0 (Windows NT 10.0) Chrome/140")
        row = db.session.scalars(
            db.select(sessions.StaffSession).where(sessions.StaffSession.token_hash == sessions._hash(token))
        ).one()
        token = sessions.complete(session_id=row.id)
        with self.client.session_transaction(path="/console/") as cookie:
            cookie["token"] = token
        return self

    def get(self, path: str, *, part: bool = False) -> TestResponse:
        """Open a page, or as htmx a part of one."""
        answer = self.client.get(path, headers={"HX-Request": "true"} if part else {})
        self._read_token(answer)
        return answer

    def post(self, path: str, data: dict[str, object] | None = None, *, follow: bool = False) -> TestResponse:
        """Send a form."""
        if self.form_token is None:
            self.get("/console/me")
        answer = self.client.post(path, data={"csrf_token": self.form_token, **(data or {})}, follow_redirects=follow)
        self._read_token(answer)
        return answer

    def _read_token(self, answer: TestResponse) -> None:
        if answer.mimetype == "text/html" and (found := _TOKEN.search(answer.text)):
            self.form_token = found[1]


def words(answer: TestResponse) -> str:
    """What a person reads of a page, without tags, in one line."""
    body = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", answer.text, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def desk_of(app: Flask, number: str, *held: str, union: TradeUnion | None = None) -> Desk:
    """Somebody new with these roles, signed in."""
    make_member(number, *held, union=union)
    return Desk(app).sign_in(number)

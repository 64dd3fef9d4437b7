"""Signing in to the console: two steps, each counted; the first time a password and an authenticator of one's own."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.core.audit import AuditEvent
from server.core.clock import now
from server.unions.staff import credentials
from server.unions.staff.credentials import LOCKED, TRIES
from server.unions.staff.models import StaffCredential, StaffSession
from server.unions.staff.sessions import IDLE, KEPT, LIFE
from server.unions.staff.tasks import forget_sessions
from tests.desk import PASSWORD, Desk, code_now, desk_of, make_member, words
from tests.moments import Freeze
from tests.staff import make_staff


@pytest.fixture
def desk(app: Flask) -> Desk:
    """A browser; S0001 has an account with password and authenticator."""
    make_member("S0001", "street_worker")
    return Desk(app)


def give_password_to(desk: Desk, password: str = PASSWORD, number: str = "S0001") -> str:
    """Take the first step; returns what the page says then."""
    desk.get("/console/sign-in")
    return words(desk.post("/console/sign-in", {"number": number, "password": password}, follow=True))


def give_code(desk: Desk, code: str) -> str:
    return words(desk.post("/console/sign-in/code", {"code": code}, follow=True))


def acts(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.at)))


def test_number_and_password_then_a_code_lead_to_the_days_work(desk: Desk, db_session: Session) -> None:
    assert "登录工作台" in words(desk.client.get("/console/", follow_redirects=True))
    assert "输入验证码" in give_password_to(desk)
    assert "今日必办" in give_code(desk, code_now())
    assert "staff.sign_in" in acts(db_session)


def test_the_password_alone_opens_nothing(desk: Desk) -> None:
    give_password_to(desk)
    assert "输入验证码" in words(desk.client.get("/console/me", follow_redirects=True))


def test_a_wrong_password_and_an_unknown_number_are_told_in_the_same_words(desk: Desk) -> None:
    wrong = give_password_to(desk, "wrong-password-1")
    assert "工号或密码不对" in wrong
    assert give_password_to(desk, number="S9999").replace("S9999", "S0001") == wrong


def test_a_code_is_good_once(desk: Desk, app: Flask) -> None:
    code = code_now()
    give_password_to(desk)
    assert "今日必办" in give_code(desk, code)
    another = Desk(app)
    give_password_to(another)
    assert "验证码不对或者用过了" in give_code(another, code)


def test_five_wrong_ones_lock_even_the_right_password_out_for_a_while(desk: Desk, freeze: Freeze) -> None:
    at = now()
    freeze(at)
    for _ in range(TRIES):
        give_password_to(desk, "wrong-password-1")
    assert "工号或密码不对" in give_password_to(desk)
    freeze(at + LOCKED + timedelta(seconds=1))
    assert "输入验证码" in give_password_to(desk)


def test_whoever_knows_the_password_gets_no_new_tries_for_the_code(desk: Desk, db_session: Session) -> None:
    for _ in range(TRIES - 1):
        give_password_to(desk)
        give_code(desk, "000000")
    give_password_to(desk)
    assert "账号锁到" in give_code(desk, "000000")
    assert "账号锁到" in give_code(desk, code_now())
    assert "staff.lock" in acts(db_session)


def test_the_first_sign_in_asks_for_another_password_and_binds_an_authenticator(app: Flask, desk: Desk) -> None:
    make_staff("A0001", "system_admin")
    make_staff("S0002", "street_worker")
    temporary = credentials.give_password(number="S0002", by="A0001")
    new = Desk(app)

    assert "先换一个自己的密码" in give_password_to(new, temporary, "S0002")
    said = words(new.post("/console/sign-in/password", {"password": "s0002-s0002-s0002", "again": "s0002-s0002-s0002"}))
    assert "不要包含工号" in said
    chosen = {"password": "vier-leise-hummeln", "again": "vier-leise-hummeln"}
    page = new.post("/console/sign-in/password", chosen, follow=True)
    assert "绑定验证器" in words(page)
    secret = page.text.split('class="secret">')[1].split("<")[0]

    assert "验证码不对" in words(new.post("/console/sign-in/bind", {"code": "000000"}))
    codes = new.post("/console/sign-in/bind", {"code": pyotp.TOTP(secret).at(now())})
    assert "记下恢复码" in words(codes)
    assert "今日必办" in words(new.get("/console/"))

    # The phone is lost: one of the recovery codes, once.
    code = codes.text.split("<li><code>")[1].split("<")[0]
    without_phone = Desk(app)
    give_password_to(without_phone, "vier-leise-hummeln", "S0002")
    assert "今日必办" in give_code(without_phone, code.upper())
    again = Desk(app)
    give_password_to(again, "vier-leise-hummeln", "S0002")
    assert "验证码不对" in give_code(again, code)


def test_a_temporary_password_runs_out(desk: Desk, freeze: Freeze) -> None:
    make_staff("A0001", "system_admin")
    temporary = credentials.give_password(number="S0001", by="A0001")
    freeze(now() + credentials.TEMPORARY)
    assert "临时密码过期了" in give_password_to(desk, temporary)


def test_a_session_has_another_token_after_the_second_step(desk: Desk) -> None:
    give_password_to(desk)
    with desk.client.session_transaction(path="/console/") as cookie:
        before = cookie["token"]
    give_code(desk, code_now())
    thief = Desk(desk.client.application)
    with thief.client.session_transaction(path="/console/") as cookie:
        cookie["token"] = before
    assert "登录工作台" in words(thief.client.get("/console/", follow_redirects=True))


def test_whoever_does_nothing_for_a_quarter_of_an_hour_is_signed_out(app: Flask, freeze: Freeze) -> None:
    at = now()
    freeze(at)
    desk = desk_of(app, "S0003", "street_worker")
    freeze(at + IDLE - timedelta(seconds=1))
    assert "今日必办" in words(desk.get("/console/"))
    freeze(at + 2 * IDLE - timedelta(seconds=2))
    # What a page asks for by itself keeps nobody signed in.
    assert desk.client.get("/console/", headers={"X-Background": "1"}).status_code == 200
    freeze(at + 2 * IDLE)
    assert "你有一阵没有操作" in words(desk.client.get("/console/", follow_redirects=True))


def test_what_a_page_asks_for_by_itself_leads_nobody_away_who_is_half_way_in(desk: Desk) -> None:
    give_password_to(desk)
    asked = desk.client.get("/console/", headers={"X-Background": "1", "HX-Request": "true"})
    assert (asked.status_code, "HX-Redirect" in asked.headers) == (401, False)
    tapped = desk.client.get("/console/", headers={"HX-Request": "true"})
    assert tapped.headers["HX-Redirect"] == "/console/sign-in/code"


def test_nobody_stays_signed_in_for_more_than_twelve_hours(app: Flask, freeze: Freeze) -> None:
    at = now()
    freeze(at)
    desk = desk_of(app, "S0003", "street_worker")
    while now() + timedelta(minutes=10) < at + LIFE:
        freeze(now() + timedelta(minutes=10))
        assert desk.get("/console/me").status_code == 200
    freeze(at + LIFE)
    assert desk.get("/console/").status_code == 303


def test_after_signing_in_one_is_where_one_wanted_to_go(desk: Desk) -> None:
    desk.client.get("/console/me")
    give_password_to(desk)
    assert "我的会话" in give_code(desk, code_now())


@pytest.mark.parametrize("said", ["http://[", "https://elsewhere.example/console", "nonsense"])
def test_whoever_comes_from_nowhere_in_particular_signs_in_too(app: Flask, said: str) -> None:
    answer = app.test_client().get("/console/cases", headers={"HX-Request": "true", "HX-Current-URL": said})
    assert answer.headers["HX-Redirect"] == "/console/sign-in"


def test_signing_out_ends_the_session_itself(desk: Desk, db_session: Session) -> None:
    give_password_to(desk)
    give_code(desk, code_now())
    with desk.client.session_transaction(path="/console/") as cookie:
        kept = dict(cookie)
    assert "已经退出" in words(desk.post("/console/sign-out", follow=True))
    with desk.client.session_transaction(path="/console/") as cookie:
        cookie.update(kept)
    assert desk.client.get("/console/").status_code == 303


def test_another_browser_is_seen_and_signed_out(app: Flask, desk: Desk, db_session: Session) -> None:
    desk.sign_in("S0001")
    stranger = Desk(app).sign_in("S0001")
    page = desk.get("/console/me")
    assert words(page).count("Windows 电脑 · Chrome") == 2
    [path] = [part.split('"')[0] for part in page.text.split('action="')[1:] if part.split('"')[0].endswith("/end")]
    assert "那台设备已经退出" in words(desk.post(path, follow=True))
    assert stranger.client.get("/console/").status_code == 303
    # Of somebody else's sessions nothing is known.
    other = desk_of(app, "S0004", "street_worker")
    mine = db_session.scalars(sa.select(StaffSession.id).where(StaffSession.revoked_at.is_(None))).first()
    assert other.post(f"/console/me/sessions/{mine}/end").status_code == 404


def test_a_new_password_signs_all_other_browsers_out(app: Flask, desk: Desk) -> None:
    desk.sign_in("S0001")
    other = Desk(app).sign_in("S0001")
    chosen = {"password": "vier-leise-hummeln", "again": "vier-leise-hummeln"}
    assert "现在的密码不对" in words(desk.post("/console/me/password", {"current": "wrong", **chosen}))
    assert "密码改好了" in words(desk.post("/console/me/password", {"current": PASSWORD, **chosen}, follow=True))
    assert desk.get("/console/").status_code == 200
    assert other.client.get("/console/").status_code == 303


def test_passwords_and_secrets_are_nowhere_in_the_open(desk: Desk, db_session: Session) -> None:
    raw = db_session.execute(sa.text("SELECT password_hash, totp_secret FROM staff_credential")).one()
    assert b"argon2" not in bytes(raw.password_hash)
    assert b"JBSWY3DP" not in bytes(raw.totp_secret)
    assert "argon2" not in repr(db_session.scalars(sa.select(StaffCredential)).one())


def test_an_administrator_gets_into_nobodys_account_alone(app: Flask) -> None:
    make_member("A0001", "system_admin")
    make_member("B0001", "security_admin")
    make_member("S0001", "street_worker")
    for act in (credentials.give_password, credentials.unlock):
        with pytest.raises(credentials.Problem, match="403"):
            act(number="S0001", by="B0001")
    with pytest.raises(credentials.Problem, match="403"):
        credentials.release_authenticator(number="S0001", by="A0001")
    with pytest.raises(credentials.Problem, match="403"):
        credentials.release_authenticator(number="B0001", by="B0001")
    with pytest.raises(credentials.Problem, match="403"):
        credentials.give_password(number="A0001", by="A0001")


def test_sessions_that_ended_long_ago_are_forgotten(app: Flask, db_session: Session, freeze: Freeze) -> None:
    desk_of(app, "S0001", "street_worker")
    freeze(now() + LIFE + KEPT)
    desk_of(app, "S0002", "street_worker")
    forget_sessions()
    [left] = db_session.scalars(sa.select(StaffSession))
    assert left.created_at == now()


def test_recovery_codes_are_renewed_with_password_and_code_and_old_ones_die(
    desk: Desk, app: Flask, db_session: Session, freeze: Freeze
) -> None:
    freeze(now())
    give_password_to(desk)
    give_code(desk, code_now())
    first = renewed(desk, later(freeze))
    assert "还有 8 个没用过" in words(desk.get("/console/me"))
    second = renewed(desk, later(freeze))
    assert set(first).isdisjoint(second)
    assert acts(db_session).count("staff.recovery_codes_renew") == 2

    for code, expected in ((first[0], "验证码不对"), (second[0], "今日必办")):
        without_phone = Desk(app)
        give_password_to(without_phone)
        assert expected in give_code(without_phone, code)
    assert "还有 7 个没用过" in words(desk.get("/console/me"))


def test_recovery_codes_stay_without_the_password_or_the_code(desk: Desk, db_session: Session, freeze: Freeze) -> None:
    freeze(now())
    give_password_to(desk)
    give_code(desk, code_now())
    code = later(freeze)
    for given, told in (
        ({"current": "wrong-password-1", "code": code}, "现在的密码不对"),
        ({"current": PASSWORD, "code": "000000"}, "验证码不对"),
        ({"current": "", "code": ""}, "请填密码"),
    ):
        answer = desk.post("/console/me/recovery-codes", given)
        assert answer.status_code == 422
        assert told in words(answer)
    assert "staff.recovery_codes_renew" not in acts(db_session)
    assert "现在一个都没有" in words(desk.get("/console/me"))


def later(freeze: Freeze) -> str:
    """What the authenticator shows half a minute later: each code is good once."""
    freeze(now() + timedelta(seconds=30))
    return code_now()


def renewed(desk: Desk, code: str) -> list[str]:
    page = desk.post("/console/me/recovery-codes", {"current": PASSWORD, "code": code})
    assert "以前的都不能用了" in words(page)
    return [one.split("<")[0] for one in page.text.split("<li><code>")[1:]]

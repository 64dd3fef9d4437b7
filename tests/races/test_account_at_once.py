"""A lawyer's fee is granted while somebody changes the account that it goes to: one waits for the other."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases import working
from server.cases.assigning import service as assigning
from server.cases.assigning.models import CaseAssignee
from server.cases.assigning.service import Profile
from server.cases.capabilities import fees
from server.cases.capabilities.doing import Doing
from server.cases.catalogue import catalogue
from server.cases.working import Named
from server.core.access import Level
from server.core.db import db, transaction
from server.core.errors import Problem
from tests.cases.conftest import STAFF, Desk, Submit, desk, submit
from tests.sign_in import SignIn
from tests.staff import make_staff

__all__ = ["desk", "submit"]

SEEN, OTHER = "演示银行 1", "演示银行 2"


def keep(account: str) -> None:
    known: dict[str, Any] = {"skills": [], "languages": [], "most": 8, "phone": None, "parties": ""}
    with transaction() as session:
        session.execute(sa.text("SET LOCAL lock_timeout = '300ms'"))
        profile = Profile(account=account, **known)
        assigning.keep_profile(catalogue().current["legal_aid"], number="L1", profile=profile, by=STAFF)


def step(no: str, code: str, by: str = STAFF, text: str | None = None) -> None:
    working.staff_step(no=no, code=code, staff_no=by, text=text, named=Named())


@pytest.fixture
def asked(app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fee was asked for; in the middle of its grant somebody tries to change the account."""
    make_staff(STAFF)
    case = submit("legal_aid", sign_in(Level.L2))
    desk.do(case, "screen", "grant")
    desk.give(case)
    no: str = case["no"]
    step(no, "begin", "L1")
    step(no, "finish", "L1", "办完了")
    step(no, "close", "L1", "材料齐全")
    step(no, "check_true", text="都办了")
    make_staff("C7", "district_rights")
    keep(SEEN)
    step(no, "grant_fee")
    owe = fees.owe

    def change() -> None:
        with app.app_context():
            try:
                keep(OTHER)
            except sa.exc.OperationalError:
                db.session.rollback()

    def owe_later(doing: Doing, **named: Any) -> None:
        other = threading.Thread(target=change)
        other.start()
        other.join()
        owe(doing, **named)

    monkeypatch.setattr(fees, "owe", owe_later)
    return no


def account() -> str | None:
    db.session.rollback()
    return db.session.scalars(sa.select(CaseAssignee.account).where(CaseAssignee.staff_no == "L1")).one()


def test_without_its_lock_the_fee_goes_to_an_account_that_nobody_saw(
    asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fee_of = fees.fee_of
    monkeypatch.setattr(fees, "fee_of", lambda *given, lock: fee_of(*given))
    working.decide(no=asked, what="grant_fee", staff_no="C7", approve=True)
    assert account() == OTHER


def test_the_account_stays_while_the_fee_is_granted_and_until_it_is_paid(asked: str) -> None:
    working.decide(no=asked, what="grant_fee", staff_no="C7", approve=True)
    assert account() == SEEN
    with pytest.raises(Problem) as refused:
        keep(OTHER)
    assert refused.value.code == "owed"
    db.session.rollback()

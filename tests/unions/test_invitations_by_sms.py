"""Who is on a list and has no account is asked by one SMS: not at night, not twice, not at another's number."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.db import db
from server.me import inviting
from server.notices.models import StaffNotice
from server.unions import invitations
from server.unions.lists.models import MembershipInvitation
from tests.desk import Desk
from tests.people import person
from tests.sign_in import SignIn
from tests.standins import StandIn
from tests.unions.inviting import NOON, Send, report
from tests.unions.inviting import desk as desk
from tests.unions.inviting import send as send
from tests.unions.inviting import union as union


def test_texts_stop_when_the_night_begins(
    send: Send, freeze: Callable[[datetime], None], sms_standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    send((person(1), person(1).phone), (person(2), person(2).phone))
    texted = invitations.take_to_text

    def take_and_let_it_get_late(session: Session) -> Any:
        freeze(NOON + timedelta(hours=11))
        return texted(session)

    monkeypatch.setattr(invitations, "take_to_text", take_and_let_it_get_late)
    inviting.ask_listed()
    assert len(sms_standin.messages()) == 1


def test_who_has_no_account_gets_one_sms_and_not_at_night(
    sign_in: SignIn, send: Send, sms_standin: StandIn, freeze: Callable[[datetime], None]
) -> None:
    sign_in(Level.L2, who=person(1))
    phones = [person(number).phone for number in (801, 802)]

    def texts() -> list[str]:
        return [one["phone"] for one in sms_standin.messages() if one["phone"] in phones]

    # Two with one phone, of whom one has an account; two more with one phone, one with a phone that is none.
    send(
        (person(1), phones[0]),
        (person(6), phones[0]),
        (person(2), phones[1]),
        (person(3), phones[1]),
        (person(4), "12"),
    )
    freeze(NOON.replace(hour=23))
    inviting.ask_listed()
    assert texts() == []
    freeze(NOON + timedelta(days=1))
    inviting.ask_listed()
    send((person(2), phones[1]), (person(3), phones[1]), (person(5), phones[1]))
    freeze(NOON + timedelta(days=30))
    inviting.ask_listed()
    assert sorted(texts()) == sorted(phones)
    db.session.rollback()
    assert db.session.scalars(sa.select(MembershipInvitation.phone).distinct()).all() == [None]


def test_an_sms_that_certainly_did_not_go_out_goes_out_later(send: Send, sms_standin: StandIn) -> None:
    phone = person(803).phone
    send((person(2), phone))
    sms_standin.fault("/v1/messages", errcode="no_balance", times=1)
    inviting.ask_listed()
    db.session.rollback()
    assert db.session.scalars(sa.select(MembershipInvitation.phone)).one() == phone
    inviting.ask_listed()
    assert [one["phone"] for one in sms_standin.messages()].count(phone) == 1


def test_phones_that_are_none_are_told_once_for_a_list_and_may_be_put_right(
    desk: Desk, send: Send, sms_standin: StandIn
) -> None:
    send((person(1), "13900000001"), (person(2), "13900000002"), (person(3), "13900000003"))
    sms_standin.fault("/v1/messages", errcode="invalid_number", times=2)
    inviting.ask_listed()
    db.session.rollback()
    told = db.session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "roster.wrong_number")).all()
    assert [one.staff_no for one in told] == ["D0001"]
    wrong = set(db.session.scalars(sa.select(MembershipInvitation.row).where(MembershipInvitation.wrong_number)))
    assert len(wrong) == 2
    assert f"短信发不到的行：第 {'、'.join(map(str, sorted(wrong)))} 行" in report(desk)
    send((person(1), "13900000004"), (person(2), "13900000005"), (person(3), "13900000003"))
    inviting.ask_listed()
    assert len({one["phone"] for one in sms_standin.messages()}) == 3, "one each, and no more"
    assert "短信发不到" not in report(desk)


def test_an_sms_without_an_answer_burns_nobody_elses(send: Send, sms_standin: StandIn) -> None:
    phones = {person(number).phone for number in (804, 805)}
    send((person(2), person(804).phone), (person(3), person(805).phone))
    sms_standin.fault("/v1/messages", status=503, times=1)
    inviting.ask_listed()
    db.session.rollback()
    assert (
        len(
            db.session.scalars(
                sa.select(MembershipInvitation.phone).where(MembershipInvitation.phone.is_not(None))
            ).all()
        )
        == 1
    )
    assert not phones & {one["phone"] for one in sms_standin.messages()}

"""A desk gives a person who is nobody's member to another office: whoever named the wrong street, or moved, need not
come there first. The office that gives sees nothing of them any more, unless it stands above.
"""

import uuid
from collections.abc import Sequence
from enum import StrEnum

import sqlalchemy as sa

from server.core import audit
from server.core.clock import day_of, now
from server.core.db import db, transaction
from server.core.errors import Problem, conflict, not_found, unprocessable
from server.identity.models import Worker
from server.me.desk import PROFILE
from server.notices.models import StaffNotice
from server.notices.service import notify
from server.notices.staff import tell_staff
from server.notices.worded import worded
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.responsible import go_to, is_looked_after, office_of
from server.unions.staff.authority import authorise_about
from server.unions.staff.vocabulary import Right
from server.unions.tree import OFFICES


class Why(StrEnum):
    """Why somebody is handed on: no words of one's own, which would stand in the audit for good."""

    THERE = "there"
    ASKED = "asked"
    CASE = "case"


WORDS = {Why.THERE: "在那边住或者干活", Why.ASKED: "本人要去那边办", Why.CASE: "那边在办他的事"}


def offices() -> Sequence[TradeUnion]:
    """To whom somebody can be handed on: whoever receives people, from the top down."""
    return db.session.scalars(
        sa.select(TradeUnion)
        .where(TradeUnion.kind.in_(OFFICES))
        .order_by(sa.func.length(TradeUnion.code), TradeUnion.code)
    ).all()


def hand_on(*, worker_id: uuid.UUID, union_id: uuid.UUID, why: Why, number: str) -> TradeUnion:
    """From now on another office looks after somebody; it and they are told.

    Returns:
        the office.

    Raises:
        Problem: 404; 403 for who may not; 409 for a member, whose union has them; 422 for no office, or the same.
    """
    with transaction() as session:
        worker = session.get(Worker, worker_id, with_for_update={"key_share": True})
        if worker is None:
            raise not_found()
        # Under the lock: once a colleague gave them away they are no more this office's to give.
        _authorise(number, worker_id)
        if is_looked_after(session, worker_id):
            raise conflict(
                "members_union", "他是会员，归他自己的工会管，不能转给别的工会。要换工会，请他在手机上办“转会”"
            )
        before, after = office_of(session, worker_id), session.get(TradeUnion, union_id)
        if after is None or after.kind not in OFFICES:
            raise unprocessable({"to": ["要转给市、区或者街道总工会"]})
        if before is not None and before.id == after.id:
            raise unprocessable({"to": ["他的账号和认证已经归这个工会办了"]})
        go_to(session, worker_id=worker_id, union_id=after.id)
        audit.record(
            actor=audit.staff(number),
            action="account.handed_on",
            subject_kind="worker",
            subject_id=worker_id,
            detail={"from": None if before is None else before.code, "to": after.code, "why": why.value},
        )
        _tell(worker_id, before, after, why)
        return after


def _authorise(number: str, worker_id: uuid.UUID) -> None:
    try:
        authorise_about(db.session(), number=number, right=Right.VERIFICATION, worker_id=worker_id)
    except Problem:
        authorise_about(db.session(), number=number, right=Right.CORRECTIONS, worker_id=worker_id)


def _may_open(number: str, worker_id: uuid.UUID) -> bool:
    """Whether the page of somebody opens for one of the staff; whoever is only on duty there may lack the right."""
    try:
        _authorise(number, worker_id)
    except Problem:
        return False
    return True


def _tell(worker_id: uuid.UUID, before: TradeUnion | None, after: TradeUnion, why: Why) -> None:
    at = now()
    whence = "" if before is None else f"从{before.name}"
    text = f"有一位工友的账号和认证{whence}转给你们办了：{WORDS[why]}"
    on_duty: list[str | None] = [*roster().on_duty(DutyKind.DESK, union_id=after.id, day=day_of(at))]
    notices = [
        StaffNotice(
            staff_no=one,
            kind="account.handed_on",
            text=text,
            link="" if one is not None and not _may_open(one, worker_id) else f"/accounts/{worker_id}",
            created_at=at,
        )
        for one in on_duty or [None]
    ]
    tell_staff(notices, by_sms=False, urgent=False)
    notify(
        worker_id=worker_id,
        kind="account.handed_on",
        title="你的事换了一个工会来办",
        body=worded("工会把你的账号和认证转给{union}办了，以后有事找它。有疑问，请打工会电话。", union=after.name),
        link=PROFILE,
    )

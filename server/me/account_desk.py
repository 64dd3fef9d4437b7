"""What the staff look up and do about workers' accounts, each where they may. Shown masked, recorded."""

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit
from server.core.crypto import keyed_hmacs
from server.core.db import db, transaction
from server.core.errors import Problem, conflict, not_found, unprocessable
from server.identity import pins, sharing
from server.identity.desk import open_request_of
from server.identity.models import ID_NUMBER, PHONE, ActKind, DeskRequest, DeskState, PairedAct, Worker
from server.identity.paired import NotProposed, ProposedAlready, SamePerson
from server.identity.rules import Invalid, normalise_phone
from server.identity.verification import keys_of_any_paper
from server.me import accounts
from server.me.desk import PROFILE, Side, side_of
from server.notices.service import notify
from server.notices.worded import worded
from server.unions.models import TradeUnion
from server.unions.responsible import go_to, is_looked_after, office_of
from server.unions.service import membership_of, union_of
from server.unions.staff.authority import authorise_about, desk_of
from server.unions.staff.vocabulary import Right
from server.unions.vocabulary import MembershipState

SUBJECT = "worker"

R = TypeVar("R")


class Found(Struct, frozen=True):
    """An account as the desk sees it."""

    side: Side
    union_name: str | None
    looked_after: bool
    """By the union whose member they are, or were until they died: only that one decides who has them."""
    deceased: bool
    """The membership says so; whoever lets them in again undoes that as well."""
    has_pin: bool
    waiting_id: uuid.UUID | None
    """The verification that waits, where the one who looks decides such."""
    shared_by: int | None
    """How many may share its WeChat account or number, where the desk confirmed more than are let anyway."""


def find(*, phone: str, number: str) -> list[Found]:
    """Accounts with a phone number, of those that this member of the staff deals with. The look is recorded for each.

    Raises:
        Problem: 422 for what is no phone number.
    """
    try:
        digests = keyed_hmacs(normalise_phone(phone), purpose=PHONE)
    except Invalid as error:
        raise unprocessable({"phone": [error.said]}) from None
    with transaction() as session:
        workers = session.scalars(sa.select(Worker).where(Worker.phone_hmac.in_(digests)).order_by(Worker.created_at))
        found = []
        for worker in workers:
            with suppress(Problem):
                found.append(_look(session, worker, number))
        return found


def receive(*, shown: str, number: str) -> list[Found]:
    """Accounts of whoever came to the counter with their paper: those of nobody's members are looked after by this
    office from now on, and they are told. Each search is recorded, also one that finds nothing.

    By a phone alone only an account is found of which nothing else is known: who knows somebody's phone has not seen
    them, and sees no papers for it.

    Args:
        shown: the number on the paper; the phone of an account that has nothing else.

    Raises:
        Problem: 403 for who receives nobody; 422 for what is neither.
    """
    with transaction() as session:
        union_id = desk_of(session, number=number, right=Right.VERIFICATION, or_rights={Right.CORRECTIONS})
        found = []
        for worker in _shown_by(session, shown):
            with suppress(Problem):
                found.append(_look(session, worker, number))
                continue
            if not is_looked_after(session, worker.id):
                _take_in(session, worker, union_id=union_id, number=number)
                found.append(_look(session, worker, number))
        audit.record(
            actor=audit.staff(number), action="account.search", subject_kind=SUBJECT, detail={"found": len(found)}
        )
        return found


def look(*, worker_id: uuid.UUID, number: str) -> Found:
    """One account.

    Raises:
        Problem: 404, 403.
    """
    with transaction() as session:
        worker = session.get(Worker, worker_id)
        if worker is None:
            raise not_found()
        return _look(session, worker, number)


def propose(
    *,
    kind: ActKind,
    worker_id: uuid.UUID,
    number: str,
    other_worker_id: uuid.UUID | None = None,
    paper_valid_to: date | None = None,
) -> PairedAct:
    """First member of the staff.

    Raises:
        Problem: 403 for whoever may not; 409 where it is proposed already or does not go.
    """
    actor = _let_in(number, accounts.right_for(kind), worker_id, other_worker_id)
    return _in_words(
        lambda: accounts.propose(
            kind=kind,
            worker_id=worker_id,
            by=actor,
            other_worker_id=other_worker_id,
            paper_valid_to=paper_valid_to,
        )
    )


def confirm(*, act_id: uuid.UUID, number: str) -> PairedAct:
    """Second member of the staff. Raises as `propose` does, and 404."""
    return _in_words(lambda: accounts.confirm(act_id=act_id, by=_let_in_for(act_id, number)))


def drop(*, act_id: uuid.UUID, number: str) -> None:
    """Take a proposal from the table. Raises as `confirm` does."""
    _in_words(lambda: accounts.drop(act_id=act_id, by=_let_in_for(act_id, number)))


def freeze(*, worker_id: uuid.UUID, number: str) -> None:
    """Let nobody in, at once. Raises as `propose` does."""
    actor = _let_in(number, Right.CORRECTIONS, worker_id)
    _in_words(lambda: accounts.freeze(worker_id=worker_id, by=actor))


def forget_pin(*, worker_id: uuid.UUID, number: str) -> bool:
    """Remove a PIN whose owner was there with the paper; returns whether there was one. Raises as `propose` does."""
    return pins.forget_pin(worker_id=worker_id, by=_let_in(number, Right.CORRECTIONS, worker_id))


def confirm_sharing(*, worker_id: uuid.UUID, most: int, number: str) -> None:
    """Somebody saw that more than five share a WeChat account or a number with this one. Raises as `propose` does, and
    404."""
    if not sharing.confirm_more(worker_id=worker_id, most=most, by=_let_in(number, Right.CORRECTIONS, worker_id)):
        raise not_found()


def _look(session: Session, worker: Worker, number: str) -> Found:
    verifies = True
    try:
        authorise_about(session, number=number, right=Right.VERIFICATION, worker_id=worker.id)
    except Problem:
        verifies = False
        authorise_about(session, number=number, right=Right.CORRECTIONS, worker_id=worker.id)
    audit.record(actor=audit.staff(number), action="account.read", subject_kind=SUBJECT, subject_id=worker.id)
    waiting = open_request_of(session, worker.id) if verifies else None
    belonging, membership = union_of(session, worker.id), membership_of(session, worker.id)
    return Found(
        side=side_of(worker, name=worker.name),
        union_name=None if belonging is None else belonging.name,
        looked_after=is_looked_after(session, worker.id),
        deceased=membership is not None and membership[0].state is MembershipState.DECEASED,
        has_pin=pins.has_pin(session, worker.id),
        waiting_id=None if waiting is None else waiting.id,
        shared_by=worker.may_share_with,
    )


def _shown_by(session: Session, shown: str) -> Sequence[Worker]:
    """Whose paper, or phone, that is, locked in one order.

    Raises:
        Problem: 422.
    """
    papers = [digest for key in keys_of_any_paper(shown) for digest in keyed_hmacs(key, purpose=ID_NUMBER)]
    waiting = sa.and_(DeskRequest.state == DeskState.OPEN, DeskRequest.id_number_hmac.in_(papers))
    theirs: list[sa.ColumnElement[bool]] = [
        Worker.id_number_hmac.in_(papers),
        Worker.id.in_(sa.select(DeskRequest.worker_id).where(waiting)),
    ]
    with suppress(Invalid):
        phones = keyed_hmacs(normalise_phone(shown), purpose=PHONE)
        asked = sa.select(DeskRequest.id).where(DeskRequest.worker_id == Worker.id, DeskRequest.state == DeskState.OPEN)
        theirs.append(sa.and_(Worker.phone_hmac.in_(phones), Worker.id_number_hmac.is_(None), ~asked.exists()))
    if not papers and len(theirs) == 2:
        raise unprocessable({"shown": ["这不像证件号码，也不像手机号，对着证件再看看"]})
    return session.scalars(
        sa.select(Worker)
        .where(sa.or_(*theirs), Worker.merged_into.is_(None))
        .order_by(Worker.id)
        .with_for_update(key_share=True)
    ).all()


def _take_in(session: Session, worker: Worker, *, union_id: uuid.UUID, number: str) -> None:
    before, after = office_of(session, worker.id), session.get_one(TradeUnion, union_id)
    go_to(session, worker_id=worker.id, union_id=union_id)
    audit.record(
        actor=audit.staff(number),
        action="account.taken_in",
        subject_kind=SUBJECT,
        subject_id=worker.id,
        detail={"from": None if before is None else before.code, "to": after.code},
    )
    notify(
        worker_id=worker.id,
        kind="account.taken_in",
        title="你的事换了一个工会来办",
        body=worded(
            "{union}的工作人员照你出示的证件或手机号，把你的账号和认证接过去办了。不是你本人去的，请马上打工会电话。",
            union=after.name,
        ),
        link=PROFILE,
    )


def _let_in(number: str, right: Right, *worker_ids: uuid.UUID | None) -> str:
    for worker_id in worker_ids:
        if worker_id is not None:
            authorise_about(db.session(), number=number, right=right, worker_id=worker_id)
    return audit.staff(number)


def _let_in_for(act_id: uuid.UUID, number: str) -> str:
    act = db.session.get(PairedAct, act_id)
    if act is None:
        raise not_found()
    return _let_in(number, accounts.right_for(act.kind), act.worker_id, act.other_worker_id)


def _in_words(act: Callable[[], R]) -> R:
    try:
        return act()
    except accounts.NotPossible as error:
        raise conflict("not_possible", str(error)) from None
    except ProposedAlready:
        raise conflict("proposed_already", "已经有人提议了，等另一个人确认") from None
    except SamePerson:
        raise Problem(403, "second_person_needed", "你自己提议的，要由另一个人确认") from None
    except NotProposed:
        raise not_found() from None

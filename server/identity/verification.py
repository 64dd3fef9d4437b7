"""Verification: a worker's name and number before a source, and before a person where no source is sure.

Whoever asks learns nothing about others: a number that another account holds, one that no list has and one that goes
with another name get the same answer after the same work.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Protocol, cast

import sqlalchemy as sa
from flask import Flask, current_app
from msgspec import Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.clock import midnight, now, today
from server.core.crypto import keyed_hmac, keyed_hmacs, one_at_a_time
from server.core.db import transaction
from server.core.errors import Problem, too_many, unprocessable
from server.core.private import Private
from server.core.settings import settings
from server.core.signals import identity_verified
from server.identity import desk
from server.identity.consents import GivenConsent, record_consents
from server.identity.models import (
    ID_NUMBER,
    ConsentKey,
    DeskReason,
    DeskState,
    Outcome,
    VerificationAttempt,
    Worker,
    WorkerGroup,
)
from server.identity.papers import IdNumber, IdType, birth_of, read_id_number
from server.identity.rules import Invalid, name_key, normalise_name, of_working_age
from server.identity.sessions import outdate_sessions_of

TRIES_A_DAY = 5
MATCHED_BY_SOURCES = {IdType.RESIDENT_ID, IdType.RESIDENCE_PERMIT}
"""The other papers are looked at by a person."""

TOO_YOUNG = "你还没满 16 周岁。国家规定不满 16 周岁不能就业，所以现在不能认证。有人让你干活，请打 12333 或 12355 求助。"
UNDER_AGE = "还没满 16 周岁，不能通过。告诉本人满 16 周岁再来，有人让干活就打 12333 或 12355；有申请在等的，退回"
"""The same for the desk."""
BY_HAND = "要由工会工作人员核对，2 个工作日内办好，结果会写在这里。等的时候，不用认证的服务都可以用。"

PAPER_GRACE = timedelta(days=30)
"""For so long who was verified with a paper that has run out stays at L2."""


class Confirmation(StrEnum):
    """What a source says about a name and a number."""

    SAME = "same"
    UNKNOWN = "unknown"
    """Not known, or known with another name: a source does not tell which."""
    AWAY = "away"
    """It cannot be asked right now."""


class NumberTaken(Exception):
    """Another account holds the number; whether it is the same person is for people to find out."""


class Claim(Private, frozen=True):
    """What a worker says about themselves, checked for its form."""

    number: IdNumber
    name: str
    worker_group: WorkerGroup


class Source(Protocol):
    """Somebody who can confirm that a name and a number belong together."""

    def confirm(self, session: Session, claim: Claim) -> Confirmation:
        """A system that is away is an answer, not an exception."""
        ...


class Verdict(Struct, frozen=True):
    """What the worker is told."""

    level: Level
    state: Outcome
    reason: str | None = None


def register_sources(app: Flask, *sources: Source) -> None:
    """Tell whom to ask, in this order. With nobody to ask every verification goes to a person."""
    app.extensions["warmbee_verification_sources"] = sources


def read_claim(*, id_type: IdType, id_number: str, name: str, worker_group: WorkerGroup) -> Claim:
    """Check what was typed.

    Raises:
        Problem: 422, naming each field.
    """
    errors = {}
    number = normalised = None
    try:
        number = read_id_number(id_type, id_number, today=today(), allow_synthetic=not settings().production)
    except Invalid as error:
        errors["id_number"] = [error.said]
    try:
        normalised = normalise_name(name)
    except Invalid as error:
        errors["name"] = [error.said]
    if number is None or normalised is None:
        raise unprocessable(errors)
    return Claim(number=number, name=normalised, worker_group=worker_group)


def keys_of_any_paper(typed: str) -> set[str]:
    """Under what a number is matched, whichever papers it can be of; empty for one that can be of none."""
    keys = set()
    for id_type in IdType:
        with suppress(Invalid):
            found = read_id_number(id_type, typed, today=today(), allow_synthetic=not settings().production)
            keys.add(found.key)
    return keys


def verify(*, worker_id: uuid.UUID, claim: Claim, consents: Sequence[GivenConsent]) -> Verdict:
    """Try to raise a worker to L2. Each try counts, whatever becomes of it.

    Who is verified and asks again with the same data is told so; other data (a new name, another paper) go to a person.

    Raises:
        Problem: 429 after five tries in a day.
    """
    with transaction() as session:
        # The lock also makes parallel tries of one worker count one after the other.
        worker = session.get_one(Worker, worker_id, with_for_update={"key_share": True})
        if worker.level >= Level.L2 and _is_known_as(worker, claim):
            return Verdict(worker.level, Outcome.MATCHED)
        _count_tries(session, worker_id)
        verdict = _judge(session, worker, claim, consents)
        session.add(VerificationAttempt(worker_id=worker_id, outcome=verdict.state, created_at=now()))
        return verdict


def approve(
    *, request_id: uuid.UUID, decided_by: str, paper_valid_to: date | None = None, born: date | None = None
) -> uuid.UUID:
    """A person, or the identity service, found that a waiting request is right; returns whose it was.

    Args:
        paper_valid_to: last day of the paper, where somebody looked at one that runs out.
        born: as the paper says, where its number does not tell. It is looked at and not kept.

    Raises:
        NotWaiting: decided already, or never there.
        NumberTaken: another account holds the number.
        Problem: 422 where nobody looked how old they are, and for whoever may not work yet.
    """
    with transaction() as session:
        request, worker = desk.take(session, request_id)
        assert request.name, "wiped only with the decision"
        assert request.id_number, "likewise"
        refuse_unaged(birth_of(request.id_number) or born)
        claim = Claim(
            number=IdNumber(request.id_type, request.id_number, born=None),
            name=request.name,
            worker_group=request.worker_group,
        )
        if not _raise_to_verified(session, worker, claim, paper_valid_to=paper_valid_to):
            raise NumberTaken
        desk.close(request, state=DeskState.APPROVED, decided_by=decided_by)
        return worker.id


def refuse(*, request_id: uuid.UUID, decided_by: str, note: str) -> uuid.UUID:
    """A person found that a waiting request is not right, and says why in words for the worker; returns whose it was.

    Raises:
        NotWaiting: decided already, or never there.
    """
    with transaction() as session:
        request, worker = desk.take(session, request_id)
        desk.close(request, state=DeskState.REFUSED, decided_by=decided_by, note=note)
        return worker.id


def lower(worker: Worker, *, to: Level = Level.L1) -> None:
    """Take levels away from a locked worker, with what they rested on."""
    worker.level = to
    worker.seen_at = None
    if to < Level.L2:
        worker.verified_at = worker.paper_valid_to = None
    outdate_sessions_of(worker_id=worker.id)


def on_consent_withdrawn(_sender: Any, *, worker_id: uuid.UUID, key: str) -> None:
    """Receiver of the signal: without consent nobody's name and number are kept, neither to show nor to be decided.

    The digest stays: the number goes on belonging to this account, so that nobody else takes it, and no other person
    takes over what the account holds as a member.
    """
    if key != ConsentKey.IDENTITY:
        return
    with transaction() as session:
        worker = session.get_one(Worker, worker_id, with_for_update={"key_share": True})
        desk.withdraw(session, worker_id=worker_id)
        if worker.level >= Level.L2:
            lower(worker)
            worker.name = worker.id_number = None


def _judge(session: Session, worker: Worker, claim: Claim, consents: Sequence[GivenConsent]) -> Verdict:
    if claim.number.born is not None and not of_working_age(born=claim.number.born, today=today()):
        # Of a child nothing is kept.
        return Verdict(worker.level, Outcome.REFUSED, TOO_YOUNG)
    record_consents(worker_id=worker.id, given=consents)
    taken = _number_is_taken(session, worker, claim)
    confirmed = _ask_sources(session, claim)
    reason = _doubt(worker, claim, taken=taken, confirmed=confirmed)
    if reason is None and not _raise_to_verified(session, worker, claim):
        reason = DeskReason.NUMBER_TAKEN
    if reason is not None:
        desk.ask(
            session,
            worker_id=worker.id,
            reason=reason,
            id_type=claim.number.id_type,
            id_number=claim.number.text,
            name=claim.name,
            worker_group=claim.worker_group,
        )
        return Verdict(worker.level, Outcome.MANUAL, BY_HAND)
    desk.withdraw(session, worker_id=worker.id)
    return Verdict(Level.L2, Outcome.MATCHED)


def _doubt(worker: Worker, claim: Claim, *, taken: bool, confirmed: Confirmation) -> DeskReason | None:
    """Why a person has to look at it; None when nobody has to."""
    if taken:
        return DeskReason.NUMBER_TAKEN
    if worker.id_number_hmac is not None and worker.id_number_hmac not in _digests(claim):
        # What the account holds must not pass to another person by itself.
        return DeskReason.CHANGED
    if worker.level >= Level.L2 and name_key(worker.name or "") != name_key(claim.name):
        return DeskReason.CHANGED
    if claim.number.id_type not in MATCHED_BY_SOURCES:
        return DeskReason.PAPER
    return {
        Confirmation.SAME: None,
        Confirmation.UNKNOWN: DeskReason.NOT_CONFIRMED,
        Confirmation.AWAY: DeskReason.SOURCE_AWAY,
    }[confirmed]


def refuse_unaged(born: date | None) -> None:
    """Let pass who is of working age by the day of birth on their paper; None where nobody wrote it down.

    Raises:
        Problem: 422.
    """
    if born is None:
        raise unprocessable({"born": ["请照证件填出生日期：这种证件的号码看不出满没满 16 周岁"]})
    if born > today():
        raise unprocessable({"born": ["这个出生日期还没有到，请照证件再核对一遍"]})
    if not of_working_age(born=born, today=today()):
        raise unprocessable({"born": [UNDER_AGE]})


def _raise_to_verified(session: Session, worker: Worker, claim: Claim, *, paper_valid_to: date | None = None) -> bool:
    """Give a worker their name, number and L2; False when another account holds the number."""
    # Two accounts may claim a number at the same moment, and while a key is replaced, with digests that differ.
    one_at_a_time(session, _digests(claim))
    if _number_is_taken(session, worker, claim):
        return False
    try:
        # The second lock on the door.
        with session.begin_nested():
            session.execute(
                sa.update(Worker)
                .where(Worker.id == worker.id)
                .values(
                    level=Level.L2,
                    name=claim.name,
                    id_type=claim.number.id_type,
                    id_number=claim.number.text,
                    id_number_hmac=keyed_hmac(claim.number.key, purpose=ID_NUMBER),
                    worker_group=claim.worker_group,
                    verified_at=now(),
                    seen_at=None,
                    paper_valid_to=paper_valid_to,
                )
            )
    except IntegrityError:
        return False
    session.refresh(worker)
    outdate_sessions_of(worker_id=worker.id)
    identity_verified.send("identity", worker_id=worker.id)
    return True


def _is_known_as(worker: Worker, claim: Claim) -> bool:
    """Whether these are the data of a verified worker, whose paper has not run out."""
    if worker.paper_valid_to is not None and worker.paper_valid_to < today():
        return False
    return worker.id_number == claim.number.text and name_key(worker.name or "") == name_key(claim.name)


def _count_tries(session: Session, worker_id: uuid.UUID) -> None:
    tries = session.scalar(
        sa.select(sa.func.count()).where(
            VerificationAttempt.worker_id == worker_id, VerificationAttempt.created_at >= midnight(today())
        )
    )
    if tries is not None and tries >= TRIES_A_DAY:
        wait = midnight(today() + timedelta(days=1)) - now()
        raise _no_more_today(int(wait.total_seconds()) + 1)


def _no_more_today(seconds: int) -> Problem:
    return too_many(retry_after=seconds, title=f"今天已经试了 {TRIES_A_DAY} 次，请明天再试，或者带证件到服务中心办理")


def _number_is_taken(session: Session, worker: Worker, claim: Claim) -> bool:
    holder = sa.select(Worker.id).where(Worker.id_number_hmac.in_(_digests(claim)), Worker.id != worker.id)
    return bool(session.scalar(sa.select(holder.exists())))


def _digests(claim: Claim) -> list[bytes]:
    return keyed_hmacs(claim.number.key, purpose=ID_NUMBER)


def _ask_sources(session: Session, claim: Claim) -> Confirmation:
    """Every source is asked, so that the time taken does not tell which one knows."""
    sources = cast(tuple[Source, ...], current_app.extensions["warmbee_verification_sources"])
    said = {source.confirm(session, claim) for source in sources}
    for best in (Confirmation.SAME, Confirmation.AWAY):
        if best in said:
            return best
    return Confirmation.UNKNOWN if said else Confirmation.AWAY

"""Submitting a case: who may, what has to be agreed to, what is stored, and under which number."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from msgspec import Struct
from sqlalchemy.orm import Session

from server.cases.asking import refuse_who_may_not_ask, unknown_answers, with_known
from server.cases.attached import faults_of_files
from server.cases.catalogue import catalogue, keep_once
from server.cases.declaration import Service
from server.cases.emergency import words_in
from server.cases.filling import OWN_TICK
from server.cases.forms.fields import Answers
from server.cases.going_on import note_in_source, source_of
from server.cases.groups import gather
from server.cases.informing import inform
from server.cases.likeness import case_of_ticket, join
from server.cases.models import Case
from server.cases.numbers import case_number, new_secret
from server.cases.ownership import digest_of
from server.cases.paging import page_who_is_on_duty, presses
from server.cases.steps import Items, open_case
from server.cases.vocabulary import IDENTITY_NAMES, IdentityMode, Urgency
from server.core.access import Principal
from server.core.clock import day_of, now
from server.core.db import new_id, transaction
from server.core.errors import Problem, level_required, unprocessable
from server.core.said import Said
from server.identity.consents import GivenConsent, granting, require_consents
from server.identity.models import ConsentKey
from server.identity.step_up import require_step_up

PLACE_DIGITS = 3
"""Of degrees: about 100 m in Shenzhen."""


class Submission(Struct, frozen=True):
    """What a worker sends."""

    service: str
    identity_mode: str
    answers: Answers
    consents: Sequence[GivenConsent]
    items: Items = ()
    place: tuple[float, float] | None = None
    """Latitude and longitude, GCJ-02."""
    joins: str | None = None
    """Of `likeness.suggestions`, when the worker said that it is the same."""
    apart: bool = False
    """Joins nothing, whatever there is."""
    goes_on_from: str | None = None
    """Number of the worker's own case that it takes answers over from, see `going_on`."""


class Submitted(Struct, frozen=True):
    """What came of it."""

    case: Case
    secret: str | None
    """Of an anonymous case, shown this once."""
    alarming: bool
    """The words may mean danger to life."""
    paged: bool | None
    """Whether somebody on duty was called; None where nothing was said of danger."""


def submit(submission: Submission, *, caller: Principal | None) -> Submitted:
    """Make a case.

    Raises:
        Problem: 401 or 403 for who may not; 422 naming everything that is wrong.
    """
    service, mode = _wanted(submission)
    _check_caller(service, mode, caller)
    answers = _checked_answers(service, mode, submission, caller)
    # Only what the service asks for: nobody agrees to more by sending more.
    asked = {rule.key for rule in service.consents}
    consents = [given for given in submission.consents if given.key in asked]
    alarming = catalogue().emergency.heard_in(service.form.typed_texts(answers))
    at = now()
    wanted = None if submission.joins is None else case_of_ticket(submission.joins)
    secret = new_secret() if mode is IdentityMode.ANONYMOUS else None
    with transaction() as session:
        keep_once(service)
        if caller is not None:
            refuse_who_may_not_ask(session, service, caller.worker_id, answers=answers, apart=submission.apart)
        source = None
        if submission.goes_on_from is not None:
            if caller is None:
                raise unprocessable({"goes_on_from": ["匿名的不能和别的事连在一起"]})
            source = source_of(session, service, no=submission.goes_on_from, worker_id=caller.worker_id)
        case = new_case(
            session,
            service,
            mode=mode,
            answers=answers,
            at=at,
            worker_id=caller.worker_id if caller else None,
            secret=secret,
            place=_rounded(submission.place),
            consents=consents,
            alarming=alarming,
        )
        if source is not None:
            case.carried_from_id = source.id
        granted = granting(worker_id=caller.worker_id, given=consents) if caller else ()
        open_case(case, service, items=submission.items, at=at, also=granted)
        if source is not None:
            note_in_source(case, source, service)
        if not submission.apart and (submission.joins is None or wanted is not None):
            join(case, service, wanted=wanted)
        gather(case, service, at=at)
        paged = page_who_is_on_duty(case, service, answers, at=at)
        inform(case, service, answers, at=at)
    return Submitted(case, secret, alarming, paged)


def new_case(
    session: Session,
    service: Service,
    *,
    mode: IdentityMode,
    answers: Answers,
    at: datetime,
    worker_id: uuid.UUID | None = None,
    secret: str | None = None,
    place: str | None = None,
    consents: Sequence[GivenConsent] = (),
    agreed: Mapping[str, str] = OWN_TICK,
    alarming: bool,
) -> Case:
    """A case at the beginning of its flow, for `open_case`: its worker's, or opened by a secret, one of the two."""
    return Case(
        id=new_id(),
        created_at=at,
        updated_at=at,
        no=case_number(prefix=service.prefix, day=day_of(at), sequence=catalogue().numbers.next(session)),
        service=service.key,
        service_version=service.version,
        worker_id=worker_id,
        identity_mode=mode,
        secret_digest=digest_of(secret) if secret else None,
        state=service.machine.opening.target,
        phase=service.machine.states[str(service.machine.opening.target)].phase,
        urgency=_urgency(service, answers, at, alarming=alarming),
        answers=orjson.dumps(answers).decode(),
        place=place,
        consents=[{"key": given.key.value, "version": given.version, **agreed} for given in consents],
        spent=[],
        objected_to=[],
        round=0,
        version=1,
    )


def _wanted(submission: Submission) -> tuple[Service, IdentityMode]:
    service = catalogue().current.get(submission.service)
    if service is None or service.by_desk:
        raise unprocessable({"service": ["没有这项服务"]})
    offered = {mode.value: mode for mode in service.modes}
    if submission.identity_mode not in offered:
        names = "、".join(f"{mode}（{IDENTITY_NAMES[mode]}）" for mode in service.modes)
        raise unprocessable({"identity_mode": [f"这项服务现在只能这样提交：{names}"]})
    return service, offered[submission.identity_mode]


def _check_caller(service: Service, mode: IdentityMode, caller: Principal | None) -> None:
    if mode is IdentityMode.ANONYMOUS:
        if caller is not None:
            raise Problem(422, "anonymous_with_token", "匿名提交时不要带登录信息：请退出登录再提交，这样谁也不知道是你")
        return
    if caller is None:
        raise Problem(401)
    level = service.modes[mode].level
    if caller.level < level:
        raise level_required(level)
    if service.step_up:
        require_step_up(caller)


def _checked_answers(
    service: Service, mode: IdentityMode, submission: Submission, caller: Principal | None
) -> dict[str, Any]:
    worker_id = caller.worker_id if caller else None
    answers, found = service.asked.accept(with_known(service, submission.answers, worker_id=worker_id))
    errors: dict[str, Sequence[str]] = {
        **found,
        **unknown_answers(service, answers, worker_id=worker_id),
        **faults_of_files(service.asked.declaration, submission.items, answers, whole=True),
    }
    either = service.text_or_file
    if either is not None and either not in answers and not submission.items:
        errors[f"answers.{either}"] = [Said("写一句话，或者录一段话，至少要有一样", "text_or_voice")]
    if submission.place is not None and not service.place:
        errors["place"] = ["这项服务不用位置"]
    placed = (submission.place is not None and service.place) or bool(service.form.measured(answers))
    needed = {rule.key for rule in service.consents if not rule.later and rule.needed(answers, mode=mode, place=placed)}
    if placed:
        # Whatever the service's file says: no place is stored without it.
        needed.add(ConsentKey.LOCATION)
    refusal = unprocessable(errors)
    try:
        require_consents(submission.consents, needed=needed)
    except Problem as problem:
        refusal = problem if not errors else unprocessable({**errors, **(problem.errors or {})})
    if refusal.errors:
        if catalogue().emergency.heard_in(words_in(answers)):
            # Whoever writes three words because there is no time for more is told whom to call.
            refusal.extra["safety"] = catalogue().emergency.advice()
        raise refusal
    return answers


def _urgency(service: Service, answers: Answers, at: datetime, *, alarming: bool) -> Urgency:
    return Urgency.URGENT if alarming or presses(service, answers, at=at) else Urgency.NORMAL


def _rounded(place: tuple[float, float] | None) -> str | None:
    return None if place is None else ",".join(f"{degrees:.{PLACE_DIGITS}f}" for degrees in place)

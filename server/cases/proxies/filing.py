"""Filing for somebody who cannot: the consents were read aloud, the answers are theirs, somebody else typed them."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from server.cases.asking import filled_in, unknown_answers
from server.cases.attached import faults_of_files
from server.cases.catalogue import catalogue, keep_once
from server.cases.declaration import Service
from server.cases.filling import read_aloud
from server.cases.forms.fields import Answers
from server.cases.groups import gather
from server.cases.informing import inform
from server.cases.numbers import new_secret
from server.cases.paging import page_who_is_on_duty
from server.cases.proxies.models import CaseProxy
from server.cases.proxies.receipts import send_receipt
from server.cases.routing import office_of_area, office_of_union
from server.cases.steps import WORKER, By, Items, open_case
from server.cases.submission import Submitted, new_case
from server.cases.under_way import refuse_second_typed
from server.cases.vocabulary import IDENTITY_NAMES, Actor, IdentityMode
from server.core import audit
from server.core.clock import now
from server.core.crypto import keyed_hmac
from server.core.db import transaction
from server.core.errors import conflict, not_found, unprocessable
from server.core.jobs import defer
from server.core.private import Private
from server.identity.consents import GivenConsent, require_consents
from server.identity.models import PHONE, ConsentKey
from server.identity.rules import Invalid, normalise_phone
from server.unions.staff.authority import desk_of
from server.unions.staff.vocabulary import Right

MODES = (IdentityMode.NAMED, IdentityMode.ANONYMOUS)
"""In confidence only oneself can ask: somebody else knows already."""


class Told(Private, frozen=True):
    """What somebody told, and how they can be reached."""

    service: str
    mode: str
    answers: Answers
    consents: Sequence[GivenConsent]
    """Read aloud, and agreed to; to be contacted too, where they like."""
    name: str | None = None
    phone: str | None = None
    """Left out where the number is handed over on paper."""
    on_paper: bool = False
    """They have no phone at all; only the desk can hand over the number on paper."""
    apart: bool = False
    """Another household than that which has the same phone; only the desk can tell."""
    items: Items = ()
    """Files for fields of the form, each with its `field`."""


class Typist(Struct, frozen=True):
    """Who types."""

    actor: str
    """As in the audit."""
    staff_no: str | None = None
    station_code: str | None = None
    area: str | None = None
    """Of the station's street."""


def services_for_others() -> list[Service]:
    """What can be filed for somebody else."""
    return [service for service in catalogue().current.values() if service.by_proxy]


def service_for_others(key: str) -> Service:
    """One of them.

    Raises:
        Problem: 404.
    """
    service = catalogue().current.get(key)
    if service is None or not service.by_proxy:
        raise not_found()
    return service


def file_at_desk(told: Told, *, staff_no: str) -> Submitted:
    """File for somebody who came to the desk. Whoever works on cases there types any service, and sees no more of it.

    It is for where the service's own rules send it, else for the office of whoever types it, or the nearest above that
    has somebody for the service.

    Raises:
        Problem: 403 for who works on no cases at a desk; 404, 422.
    """
    service = service_for_others(told.service)
    with transaction() as session:
        office = office_of_union(session, service, desk_of(session, number=staff_no, right=Right.CASE_WORK))
        typist = Typist(actor=audit.staff(staff_no), staff_no=staff_no)
        return _file(session, service, told, typist, office=office)


def file_at_station(told: Told, *, typist: Typist) -> Submitted:
    """File for somebody who came to a station; its manager was let in by the caller.

    Raises:
        Problem: 404, 422.
    """
    service = service_for_others(told.service)
    with transaction() as session:
        office = None if typist.area is None else office_of_area(session, service, typist.area)
        return _file(session, service, told, typist, office=office)


def _file(session: Session, service: Service, told: Told, typist: Typist, *, office: uuid.UUID | None) -> Submitted:
    mode = _mode(service, told)
    phone = _phone(told, mode)
    known = {"phone": phone, "name": (told.name or "").strip() or None}
    answers, errors = service.asked.accept(filled_in(service, told.answers, known))
    errors = {
        **errors,
        **unknown_answers(service, answers, worker_id=None),
        **faults_of_files(service.asked.declaration, told.items, answers),
    }
    if errors:
        raise unprocessable(errors)
    read = [rule for rule in service.consents if not rule.later and rule.asked(answers, mode=mode, place=False)]
    require_consents(told.consents, needed={rule.key for rule in read if not rule.optional})
    if service.one_at_a_time and phone is not None and typist.staff_no is not None and not told.apart:
        refuse_second_typed(session, service, phone, staff_no=typist.staff_no)
    kept = {rule.key for rule in read} | (set() if phone is None else {ConsentKey.CONTACT})
    at: datetime = now()
    secret = new_secret()
    alarming = catalogue().emergency.heard_in(service.form.typed_texts(answers))
    keep_once(service)
    case = new_case(
        session,
        service,
        mode=mode,
        answers=answers,
        at=at,
        secret=secret,
        consents=[given for given in told.consents if given.key in kept],
        agreed=read_aloud(typist.staff_no or typist.station_code or "", at=at),
        alarming=alarming,
    )
    case.union_id = office
    by = WORKER if typist.staff_no is None else By(Actor.STAFF, typist.staff_no)
    open_case(case, service, items=told.items, at=at, by=by)
    gather(case, service, at=at)
    paged = page_who_is_on_duty(case, service, answers, at=at)
    inform(case, service, answers, at=at)
    session.add(
        CaseProxy(
            case_id=case.id,
            at=at,
            staff_no=typist.staff_no,
            station_code=typist.station_code,
            name=known["name"],
            phone=phone,
            phone_hmac=None if phone is None else keyed_hmac(phone, purpose=PHONE),
        )
    )
    audit.record(actor=typist.actor, action="case.file_for", subject_kind="case", subject_id=case.id)
    if phone is not None:
        defer(send_receipt, case_id=str(case.id))
    return Submitted(case, secret if mode is IdentityMode.ANONYMOUS else None, alarming, paged)


def _mode(service: Service, told: Told) -> IdentityMode:
    offered = {mode.value: mode for mode in MODES if mode in service.modes}
    if told.mode not in offered:
        names = "、".join(IDENTITY_NAMES[mode] for mode in offered.values())
        raise unprocessable({"identity_mode": [f"代填只能这样：{names}"]})
    return offered[told.mode]


def _phone(told: Told, mode: IdentityMode) -> str | None:
    if mode is IdentityMode.ANONYMOUS:
        if told.phone or told.name:
            raise conflict("anonymous_with_name", "匿名的不留姓名和电话，请清空再交")
        return None
    if told.on_paper:
        if told.phone:
            raise unprocessable({"on_paper": ["写了手机号，就不用勾这一项"]})
        return None
    if not told.phone:
        raise unprocessable({"phone": ["请写工友的手机号：编号发到那里，以后凭它认领"]})
    try:
        return normalise_phone(told.phone)
    except Invalid as wrong:
        raise unprocessable({"phone": [str(wrong)]}) from None

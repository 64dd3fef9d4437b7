"""What somebody says of a case of theirs at a desk, or on the phone: whoever hears it makes their step for them.

Only for whoever gave their name: of whom nobody knows who they are, nobody can say that it was them. What ends a case
or judges how it was handled is heard by somebody who had no part in it. Each time the worker is told: in the account,
or, where there is none, on the phone that was left.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
import structlog
from msgspec import Struct

from server.cases.authority import require_staff
from server.cases.barring import refuse_out
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.filling import keep_consents, read_aloud
from server.cases.flow.machine import Step
from server.cases.locking import lock
from server.cases.models import Case, CaseEvent, CaseNote
from server.cases.phone_ratings import Heard, keep_heard, worked_on
from server.cases.proxies.models import CaseProxy
from server.cases.proxies.receipts import note_wrong_number
from server.cases.publications import bar_meanwhile
from server.cases.ratings import asked_by_city
from server.cases.steps import CHANGED, NOT_NOW, By, make, moment, position_of, write_message
from server.cases.telling import tell_worker, write_in_timeline
from server.cases.under_way import refuse_second
from server.cases.vocabulary import Actor, IdentityMode, Via, Words
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import conflict, not_found, unprocessable
from server.core.jobs import defer, task
from server.identity.consents import GivenConsent, consent_texts
from server.notices.worded import worded
from server.sms.errors import Refusal, SmsRejected, SmsUnavailable
from server.sms.service import send
from server.sms.texts import Text
from server.unions.staff.vocabulary import Right

JUDGES = frozenset({Via.SOLVED, Via.WITHDRAWAL, Via.AGREEMENT, Via.REFUSAL})
"""What nobody writes down who had a part in the case: it would speak for themselves."""
NOT_YOURS = "你办过这件事：工友这样说，要由没有办过的同事来记"
WRITTEN_DOWN = "你在窗口或电话里说的，工会替你记下了"
"""What the worker reads, beside what it made."""
CITY_ASKS = "12345 会回访工友，这里不再问"

log = structlog.get_logger(__name__)


class How(StrEnum):
    """How somebody was heard, and by what it was made sure that it was them."""

    CAME = "came"
    CALLED = "called"


HEARD = {
    How.CAME: "本人来了，看了证件",
    How.CALLED: "打电话说的，对过编号和留的手机号",
}
"""As staff read it."""

SAYINGS = {
    Via.SUPPLEMENT: "工友来补充情况",
    Via.SOLVED: "工友说办得怎么样",
    Via.REOPENING: "工友不同意，要求重新办",
    Via.REPLACEMENT: "工友要求换人办",
    Via.AGREEMENT: "工友同意现在问他的",
    Via.REFUSAL: "工友不同意现在问他的",
    Via.WITHDRAWAL: "工友不办了，要求撤回",
}
"""As staff read it."""


class Sayable(Struct, frozen=True):
    """One thing that a worker may say of a case now."""

    via: Via
    step: Step | None
    """What it makes; None where it only says how it went."""
    closed: str | None
    """Why whoever looks cannot write it down."""

    @property
    def words(self) -> Words:
        """Whether it takes words of the worker's."""
        if self.via is Via.SUPPLEMENT:
            return Words.REQUIRED
        return Words.NONE if self.step is None or self.via is Via.SOLVED else self.step.words


class Said(Struct, frozen=True):
    """What was heard."""

    how: How
    agreed: bool
    """Whether it was read to them, and they said that it is right."""
    text: str | None = None
    """In the worker's words."""
    heard: Heard | None = None
    """How it went, in their eyes."""


def sayable(case: Case, service: Service, *, worked: bool, city_asks: bool) -> list[Sayable]:
    """What the worker of a case may say of it now.

    Args:
        worked: whether whoever looks had a part in it.
        city_asks: whether 12345 asks how it went.
    """
    if case.identity_mode is not IdentityMode.NAMED or case.emptied_at is not None:
        return []
    return list(_sayable(case, service, worked=worked, city_asks=city_asks))


def had_a_part(case: Case, *, staff_no: str, events: Sequence[CaseEvent], asked: Collection[str]) -> bool:
    """`phone_ratings.worked_on` of a case that was read already.

    Args:
        asked: staff numbers of those who asked for what a second person approved.
    """
    return case.handler_no == staff_no or staff_no in asked or any(one.staff_no == staff_no for one in events)


def what_was_meant(*, no: str, via: Via, staff_no: str) -> tuple[Case, Sayable]:
    """A case and one of the things that its worker may say of it now.

    Raises:
        Problem: 403 for whoever may not; 404; 409 when it cannot be said now, or not be written down by this one.
    """
    case = db.session.scalar(sa.select(Case).where(Case.no == no))
    if case is None:
        raise not_found()
    return case, _possible(case, via, staff_no=staff_no)


def say_for(*, no: str, via: Via, staff_no: str, said: Said, version: int | None = None) -> Case:
    """Make what a worker says, in their name.

    Args:
        version: of the case as it lay before whoever hears it; None to go by what it is now.

    Raises:
        Problem: as `what_was_meant`; 409 when the case was changed since, or how it went was said already; 422.
    """
    with transaction() as session:
        case, service = lock(no=no)
        bar_meanwhile(case, service)
        meant = _possible(case, via, staff_no=staff_no)
        if version is not None and version != case.version:
            raise conflict(CHANGED, "这件事刚刚有人改过，请看看再记下")
        _refuse_half(meant, said)
        step, at = meant.step, moment(case)
        by = By(Actor.STAFF, staff_no, for_worker=True)
        if via is Via.SOLVED:
            assert said.heard is not None, "refused above"
            keep_heard(case, staff_no=staff_no, heard=said.heard, at=at)
            step = step if said.heard.solved else None
        elif via is Via.REOPENING and service.one_at_a_time and case.worker_id is not None:
            refuse_second(session, service, case.worker_id, apart=True)
        elif via is Via.AGREEMENT:
            assert step is not None
            assert step.consent is not None, "checked when the file was read"
            given = GivenConsent(step.consent, consent_texts()[step.consent].version)
            keep_consents(case, [given], how=read_aloud(staff_no, at=at))
        if via is Via.SUPPLEMENT and said.text:
            write_message(case, by=by, text=said.text, at=at)
        if step is not None:
            text = said.text if via is not Via.SUPPLEMENT else None
            make(case, service, step, by=by, text=text, at=at)
        # Who held the pen is in the note: they had no part in the case by it.
        write_in_timeline(case, code="say_for", what=WRITTEN_DOWN, at=at)
        noted = step.code if step is not None else None
        words = f"{SAYINGS[via]}：{HEARD[said.how]}，念给他听过，他说对"
        session.add(CaseNote(case_id=case.id, at=at, staff_no=staff_no, step=noted, text=words))
        audit.record(
            actor=audit.staff(staff_no),
            action="case.say_for",
            subject_kind="case",
            subject_id=case.id,
            detail={"what": via.value, "how": said.how.value},
        )
        _tell(case, at=at)
        return case


@task(name="cases.send_said")
def send_said(*, case_id: str) -> None:
    """Tell the phone that something was written down in its owner's name, at most once: it counts as told before."""
    found = uuid.UUID(case_id)
    with transaction() as session:
        proxy = session.get(CaseProxy, found, with_for_update=True)
        if proxy is None or proxy.said_at is None or proxy.phone is None:
            return
        phone, said_at, no = proxy.phone, proxy.said_at, session.get_one(Case, found).no
        proxy.said_at = None
    try:
        send(phone=phone, text=Text.SAID, gaps={"no": no})
    except SmsRejected as error:
        if error.refusal is Refusal.INVALID_NUMBER:
            with transaction() as session:
                note_wrong_number(session.get_one(CaseProxy, found, with_for_update=True), "短信（记下了工友说的话）")
            return
        _not_told(found, said_at)
        raise
    except SmsUnavailable as error:
        if not error.may_have_arrived:
            _not_told(found, said_at)
            raise
        log.warning("said_unanswered")


def _sayable(case: Case, service: Service, *, worked: bool, city_asks: bool) -> Iterator[Sayable]:
    position = position_of(case)
    for via in Via:
        step = service.machine.by_act(position, via, mode=case.identity_mode)
        if step is None and not (via is Via.SOLVED and service.machine.states[case.state].rating):
            continue
        closed = NOT_YOURS if worked and via in JUDGES else CITY_ASKS if city_asks and via is Via.SOLVED else None
        yield Sayable(via, step, closed)


def _possible(case: Case, via: Via, *, staff_no: str) -> Sayable:
    require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
    refuse_out(case, staff_no)
    service = version_of(case.service, case.service_version)
    worked = db.session.scalar(sa.select(Case.id).where(Case.id == case.id, worked_on(staff_no))) is not None
    open_now = sayable(case, service, worked=worked, city_asks=asked_by_city(case.id))
    meant = next((one for one in open_now if one.via is via), None)
    if meant is None:
        raise conflict("step_not_possible", NOT_NOW)
    if meant.closed is not None:
        raise conflict("worked_on_it" if meant.closed == NOT_YOURS else "rated_elsewhere", meant.closed)
    return meant


def _refuse_half(meant: Sayable, said: Said) -> None:
    errors: dict[str, list[str]] = {}
    if not said.agreed:
        errors["agreed"] = ["要念给工友听，他说对才能记下"]
    if meant.words is Words.REQUIRED and not said.text:
        errors["text"] = ["请写工友说了什么"]
    if meant.via is Via.SOLVED and said.heard is None:
        errors["solved"] = ["请选解决没有"]
    if errors:
        raise unprocessable(errors)


def _tell(case: Case, *, at: datetime) -> None:
    if case.worker_id is not None:
        body = worded("{no}：你在窗口或电话里说的，工会已经替你记下。这不是你说的，请马上告诉工会。", no=case.no)
        tell_worker(case, kind="case.message", title="工会按你说的记下了", body=body)
        return
    proxy = db.session.get(CaseProxy, case.id, with_for_update=True)
    if proxy is not None and proxy.phone is not None:
        proxy.said_at = at
        defer(send_said, case_id=str(case.id))


def _not_told(case_id: uuid.UUID, said_at: datetime) -> None:
    with transaction() as session:
        proxy = session.get_one(CaseProxy, case_id, with_for_update=True)
        # What was said meanwhile has a message of its own.
        proxy.said_at = proxy.said_at or said_at

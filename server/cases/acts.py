"""What a worker does with a case of their own: write, supplement, withdraw, rate, have it done again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from msgspec import Struct

from server.cases.asking import unknown_answers
from server.cases.assigning.talk import taken_by, write
from server.cases.attached import faults_of_files
from server.cases.catalogue import catalogue
from server.cases.declaration import Service
from server.cases.exchange.outbound import say_not_solved
from server.cases.files.service import count_by_field
from server.cases.filling import keep_consents
from server.cases.flow.machine import Step
from server.cases.groups import gather
from server.cases.handlers import tell_handler
from server.cases.informing import inform
from server.cases.locking import lock_where
from server.cases.models import Author, Case, CaseRating, CaseRevision
from server.cases.ownership import Key, own
from server.cases.publications import bar_who_decided
from server.cases.ratings import asked_by_city
from server.cases.sending import keep_who_judges
from server.cases.steps import (
    NOT_NOW,
    WORKER,
    Items,
    answers_of,
    make,
    moment,
    position_of,
    refuse_after_the_end,
    write_message,
)
from server.cases.too_few import tell_of_too_few
from server.cases.unanswered import leave_unanswered
from server.cases.under_way import refuse_second
from server.cases.vocabulary import Urgency, Via
from server.core import audit
from server.core.clock import full_hour
from server.core.db import dated, transaction
from server.core.errors import conflict, unprocessable
from server.identity.consents import GivenConsent, require_consents
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff


class Rating(Struct, frozen=True):
    """How it went, in the worker's eyes."""

    solved: bool
    attitude: int
    """1 to 5."""
    result: int
    comment: str | None


def say(*, no: str, key: Key, text: str, items: Items) -> bool:
    """Write to the union. Of a case that waits for what the worker adds these words are it, and it goes on.

    Returns:
        whether the words may mean danger to life.

    Raises:
        Problem: 404; 409 when the case has ended.
    """
    with transaction():
        case, service = _lock(no, key)
        refuse_after_the_end(case, service.machine)
        at = moment(case)
        # Whoever was asked and answers here must not lose the case because it was the other button.
        step = service.machine.by_act(position_of(case), Via.SUPPLEMENT, mode=case.identity_mode)
        write_message(case, by=WORKER, text=text, items=items, at=at)
        if step is not None and step.target is not None:
            make(case, service, step, by=WORKER, at=at)
        else:
            _touch(case, at)
        audit.record(actor=_actor(case), action="case.message", subject_kind="case", subject_id=case.id)
        alarming = _heed(case, [text])
        leave_unanswered(case, service, at=at, alarming=alarming)
        return alarming


def supplement(*, no: str, key: Key, answers: Mapping[str, Any], items: Items) -> bool:
    """Change or add answers, or add files; a case that waits for it goes on.

    Returns:
        whether the words may mean danger to life.

    Raises:
        Problem: 404; 409 when the state does not allow it; 422.
    """
    if not answers and not items:
        raise unprocessable({"answers": ["请补充一点内容，或者加上文件"]})
    with transaction() as session:
        case, service = _lock(no, key)
        step, at = _step(case, service, Via.SUPPLEMENT), moment(case)
        before = answers_of(case)
        merged, errors = _supplemented(service, before, answers)
        errors = {
            **errors,
            **unknown_answers(service, merged, worker_id=case.worker_id, before=before),
            **faults_of_files(
                service.asked.declaration, items, merged, before=count_by_field(case_id=case.id) if items else {}
            ),
        }
        if errors:
            raise unprocessable(errors)
        keep_who_judges(service, before, merged)
        if merged != before:
            session.add(CaseRevision(case_id=case.id, number=case.version, at=at, answers=case.answers))
            case.answers = orjson.dumps(merged).decode()
            if bar_who_decided(case, service, merged):
                tell_of_too_few(case, service, at=at)
        make(case, service, step, by=WORKER, items=items, at=at)
        gather(case, service, at=at)
        inform(case, service, merged, before=before, at=at)
        alarming = _heed(
            case, service.form.typed_texts({key: value for key, value in merged.items() if key in answers})
        )
        leave_unanswered(case, service, at=at, alarming=alarming)
        return alarming


def _supplemented(
    service: Service, before: Mapping[str, Any], answers: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The answers with the worker's changes; what staff filled in stays as it is."""
    asked = {field.key for field in service.asked.declaration.fields()}
    own = {key: value for key, value in before.items() if key in asked}
    merged, errors = service.asked.accept({**own, **answers})
    return {key: value for key, value in before.items() if key not in asked} | merged, errors


def withdraw(*, no: str, key: Key, reason: str | None) -> None:
    """Take a case back.

    Raises:
        Problem: 404; 409 when the state does not allow it.
    """
    with transaction():
        case, service = _lock(no, key)
        step, at = _step(case, service, Via.WITHDRAWAL), moment(case)
        tell_handler(case, kind="case.withdrawn", text=f"{case.no}（{service.name}）工友撤回了", at=at)
        make(case, service, step, by=WORKER, text=reason, at=at)


def reopen(*, no: str, key: Key, reason: str) -> None:
    """Have a case that was answered done again, once.

    Raises:
        Problem: 404; 409 when the state does not allow it, it was done before, or a new one is under way.
    """
    with transaction() as session:
        case, service = _lock(no, key)
        step = _step(case, service, Via.REOPENING)
        if service.one_at_a_time and case.worker_id is not None:
            refuse_second(session, service, case.worker_id, apart=True)
        make(case, service, step, by=WORKER, text=reason, at=moment(case))


def agree(*, no: str, key: Key, consents: Sequence[GivenConsent]) -> None:
    """Agree to what the case asks for now.

    Raises:
        Problem: 404; 409 when nothing is asked; 422 for another text than the one asked for.
    """
    with transaction():
        case, service = _lock(no, key)
        step = _step(case, service, Via.AGREEMENT)
        assert step.consent is not None, "checked when the file was read"
        require_consents(consents, needed={step.consent})
        keep_consents(case, [given for given in consents if given.key is step.consent])
        make(case, service, step, by=WORKER, at=moment(case))


def acknowledge(*, no: str, key: Key) -> None:
    """Have read what is asked: only now may the time stand still. Twice is once.

    All that is kept of when it was is the full hour that came next: who looks in where at which minute could be found
    by that. Time never stands still before the look, and at most an hour later: what was promised for within that hour
    is missed as if nobody had looked, for a pause from the minute before would tell when they did.

    Raises:
        Problem: 404; 409 when nothing is asked.
    """
    with transaction():
        case, service = _lock(no, key)
        step = service.machine.by_act(position_of(case), Via.ACKNOWLEDGEMENT, mode=case.identity_mode)
        if step is None and case.state in service.machine.after_act(Via.ACKNOWLEDGEMENT):
            return
        at = full_hour(moment(case))
        with dated(at):
            make(case, service, _step(case, service, Via.ACKNOWLEDGEMENT), by=WORKER, at=at)


def decline(*, no: str, key: Key) -> None:
    """Do not agree to what the case asks for; nothing is lost by it.

    Raises:
        Problem: 404; 409 when nothing is asked.
    """
    with transaction():
        case, service = _lock(no, key)
        make(case, service, _step(case, service, Via.REFUSAL), by=WORKER, at=moment(case))


def rate(*, no: str, key: Key, rating: Rating) -> None:
    """Say how it went, once for each answer. Solved: the case is done. Not solved: it can be reopened.

    Raises:
        Problem: 404; 409 when there is nothing to rate yet, or it was rated.
    """
    with transaction() as session:
        case, service = _lock(no, key)
        at = moment(case)
        if asked_by_city(case.id):
            raise conflict("rated_elsewhere", "12345 会回访你，这里不用再评一次")
        if not service.machine.states[case.state].rating:
            raise conflict("nothing_to_rate", "这件事还没有答复，等有了结果再评价")
        rated = session.scalar(
            sa.select(sa.exists().where(CaseRating.case_id == case.id, CaseRating.round == case.round))
        )
        if rated:
            raise conflict("already_rated", "你已经评价过了，谢谢")
        session.add(
            CaseRating(
                case_id=case.id,
                round=case.round,
                at=at,
                solved=rating.solved,
                attitude=rating.attitude,
                result=rating.result,
                comment=rating.comment,
            )
        )
        step = service.machine.by_act(position_of(case), Via.SOLVED, mode=case.identity_mode)
        if rating.solved and step is not None:
            make(case, service, step, by=WORKER, at=at)
        else:
            _touch(case, at)
            audit.record(actor=_actor(case), action="case.rate", subject_kind="case", subject_id=case.id)


def tell_outcome(*, no: str, key: Key, solved: bool, reason: str | None) -> None:
    """Say whether it is solved, where 12345 asks how it went: this is no rating and never counted as one.

    Solved: the case is done. Not solved: it is reopened, or, if it was before, whoever handles it reads the reason;
    that it is not solved is told to 12345.

    Raises:
        Problem: 404; 409 where we ask ourselves, or when there is no answer; 422 without what is not solved.
    """
    with transaction():
        case, service = _lock(no, key)
        if not asked_by_city(case.id):
            raise conflict("rate_instead", "这件事由工会请你评价，请点“评价”")
        step, at = _step(case, service, Via.SOLVED), moment(case)
        if solved:
            make(case, service, step, by=WORKER, at=at)
            return
        if not reason:
            raise unprocessable({"reason": ["请写哪里没解决，接着办的人要看"]})
        again = service.machine.by_act(position_of(case), Via.REOPENING, mode=case.identity_mode)
        if again is not None:
            make(case, service, again, by=WORKER, text=reason, at=at)
            return
        write_message(case, by=WORKER, text=reason, at=at)
        say_not_solved(case, at=at)
        _touch(case, at)
        audit.record(actor=_actor(case), action="case.not_solved", subject_kind="case", subject_id=case.id)
        said = f"{case.no}（{service.name}）工友说还是没有解决"
        tell_handler(case, kind="case.not_solved", text=said, at=at)


def ask_for_another(*, no: str, key: Key, reason: str) -> None:
    """Ask for somebody else to have the case in hand.

    Raises:
        Problem: 404; 409 when it is in nobody's hands.
    """
    with transaction():
        case, service = _lock(no, key)
        step = _step(case, service, Via.REPLACEMENT)
        make(case, service, step, by=WORKER, text=reason, at=moment(case))


def talk(*, no: str, key: Key, text: str, items: Items) -> bool:
    """Write to whoever has the case in hand, and to nobody else; a file may come without words.

    Returns:
        whether the words may mean danger to life.

    Raises:
        Problem: 404; 409 when nobody has it; 422 for files that cannot be used.
    """
    with transaction():
        case, service = _lock(no, key)
        assignment = taken_by(case)
        at = moment(case)
        write(case, assignment, author=Author.WORKER, text=text, items=items, worker_id=case.worker_id, at=at)
        _touch(case, at)
        audit.record(actor=_actor(case), action="case.talk", subject_kind="case", subject_id=case.id)
        said = f"{case.no}（{service.name}）工友单独给你写了话"
        notice = StaffNotice(
            staff_no=assignment.staff_no, kind="case.talk", text=said, link=f"/cases/{case.no}", created_at=at
        )
        tell_staff([notice], by_sms=False, urgent=False)
        return _heed(case, [text])


def hand_on(*, no: str, key: Key) -> None:
    """Let whoever has the case now read what was written with those before.

    Raises:
        Problem: 404; 409 when nobody has it.
    """
    with transaction():
        case, _ = _lock(no, key)
        assignment = taken_by(case)
        if assignment.handed_on_at is None:
            assignment.handed_on_at = moment(case)
            audit.record(actor=_actor(case), action="case.hand_on", subject_kind="case", subject_id=case.id)


def _lock(no: str, key: Key) -> tuple[Case, Service]:
    return lock_where(own(no, key))


def _step(case: Case, service: Service, via: Via) -> Step:
    step = service.machine.by_act(position_of(case), via, mode=case.identity_mode)
    if step is None:
        raise conflict("step_not_possible", NOT_NOW)
    return step


def _touch(case: Case, at: datetime) -> None:
    case.version += 1
    case.updated_at = at


def _actor(case: Case) -> str:
    return f"worker:{case.worker_id}" if case.worker_id else audit.ANONYMOUS


def _heed(case: Case, texts: Iterable[str]) -> bool:
    alarming = catalogue().emergency.heard_in(texts)
    if alarming:
        case.urgency = Urgency.URGENT
    return alarming

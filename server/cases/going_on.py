"""Going on with another service, which takes over what its worker told this one. Nothing is sent by itself: the worker
gets a form that is filled in, looks it over, and sends it as any other.

Two cases of somebody known lead to each other at the desk. A case in confidence leads nowhere: its worker alone sees
both, and whoever handles the second learns no more than the day on which it was first told.
"""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.cases.authority import lets_pass
from server.cases.catalogue import catalogue, version_of
from server.cases.declaration import Service
from server.cases.files.links import link_for
from server.cases.files.models import Attachment
from server.cases.files.service import Stored, copied_for
from server.cases.forms.fields import Viewer
from server.cases.handlers import tell_handler
from server.cases.locking import lock
from server.cases.models import Case
from server.cases.ownership import Key, own
from server.cases.seeing import WHO_OPENS, seen_by_all
from server.cases.steps import SYSTEM, answers_of, make, moment, position_of
from server.cases.taking_over import TakesOver
from server.cases.vocabulary import OVER, IdentityMode, Occasion
from server.core.clock import day_of
from server.core.db import db, transaction
from server.core.errors import Problem, conflict, not_found, unprocessable
from server.unions.staff.vocabulary import Right

GOING_ON = "gone_on_already"
"""Code of the refusal while the case that one went on with is under way."""


ANONYMOUS_STAYS = "这件是匿名的，没有人知道是你，带不过去。要接着办，请登录后重新填一份；这件照样匿名，两件不会连在一起"


class Linked(Struct, frozen=True):
    """A case that another one leads to."""

    no: str
    service_name: str
    readable: bool
    """Whether whoever looks may open it."""


def carried_over(*, no: str, to: str, key: Key) -> dict[str, Any]:
    """What the form of the service `to` begins with, for whoever goes on from a case of theirs.

    Raises:
        Problem: 404; 409 for an anonymous case, and while one is under way.
    """
    case, service, rule = _taken(no, to, key)
    _refuse_second(db.session(), case, service)
    begun = rule.carried(answers_of(case), told_on=day_of(case.created_at))
    answers, errors = service.asked.accept(begun, whole=False)
    # What an earlier version of the form took and this one does not is left for the worker to write.
    wrong = {path.split(".")[1] for path in errors}
    return {
        "service": service.key,
        "version": service.version,
        "no": case.no,
        "identity_mode": case.identity_mode.value,
        "answers": {field: answer for field, answer in answers.items() if field not in wrong},
        "files": [link_for(one) for one in _own_files(case)],
    }


def copy_files(*, no: str, to: str, ids: Collection[uuid.UUID], key: Key) -> list[Stored]:
    """Files of a case once more, as if its worker had just sent them: counted, kept for a day, and for the new form.

    Raises:
        Problem: as for `carried_over`; 422 for what is no file of theirs, 429 for more than one may send, 503.
    """
    with transaction():
        case, _, _ = _taken(no, to, key)
        assert case.worker_id is not None, "whose case it is was asked"
        files = [one for one in _own_files(case) if one.id in set(ids)]
        if len(files) != len(set(ids)):
            raise unprocessable({"files": ["这些文件里有的已经不在了，请刷新后再试"]})
        return copied_for(files, worker_id=case.worker_id)


def source_of(session: Session, service: Service, *, no: str, worker_id: uuid.UUID) -> Case:
    """The case that a new one goes on from, locked, so that nobody goes on from it twice at the same moment.

    Raises:
        Problem: as for `carried_over`.
    """
    case, _, _ = _taken(no, service.key, Key(worker_id=worker_id))
    lock(no=case.no)
    _refuse_second(session, case, service)
    return case


def note_in_source(case: Case, source: Case, service: Service) -> None:
    """Write down where it went on, where the worker is known in both, and tell whoever has the first in hand."""
    if not _known_in_both(case, source):
        return
    begun = version_of(source.service, source.service_version)
    step = begun.machine.by_occasion(position_of(source), Occasion.GOES_ON, mode=source.identity_mode)
    at = moment(source)
    # Filed under an earlier version, or gone on before: nothing is written down, and whoever has it hears all the same.
    if step is not None:
        make(source, begun, step, by=SYSTEM, at=at)
    said = f"{source.no}（{begun.name}）工友接着办了“{service.name}”，编号 {case.no}"
    tell_handler(source, kind="case.went_on", text=said, at=at)


def came_from(case: Case, *, staff_no: str, viewers: Collection[Viewer]) -> Linked | None:
    """The case that this one goes on from, as the desk may know it."""
    if case.carried_from_id is None:
        return None
    found = _at_desk(case, Case.id == case.carried_from_id, staff_no=staff_no, viewers=viewers)
    return found[0] if found else None


def went_on(case: Case, *, staff_no: str, viewers: Collection[Viewer]) -> list[Linked]:
    """The cases that go on from this one, as the desk may know them."""
    return _at_desk(case, Case.carried_from_id == case.id, staff_no=staff_no, viewers=viewers)


def offers_of(
    case: Any, answers: dict[str, Any], *, steps: Collection[str], living: Collection[str]
) -> list[dict[str, Any]]:
    """With which services the worker of a case (or of a row with its columns) can go on.

    Args:
        steps: codes of those that were made.
        living: services that they went on with already, and that is under way.
    """
    return [
        {
            "service": service.key,
            "service_name": service.name,
            "summary": service.summary,
            "suggested": suggested,
            "possible": case.identity_mode is not IdentityMode.ANONYMOUS,
        }
        for service in catalogue().current.values()
        for rule in service.takes_over
        if rule.source == case.service
        and service.key not in living
        and rule.offered(answers, suggested=(suggested := rule.suggested_by in steps))
    ]


def _taken(no: str, to: str, key: Key) -> tuple[Case, Service, TakesOver]:
    case = db.session.scalar(sa.select(Case).where(own(no, key)))
    service = catalogue().current.get(to)
    rules = () if service is None else service.takes_over
    rule = next((one for one in rules if case is not None and one.source == case.service), None)
    if case is None or service is None or rule is None:
        raise not_found()
    if case.worker_id is None:
        raise conflict("anonymous_stays", ANONYMOUS_STAYS)
    return case, service, rule


def _refuse_second(session: Session, source: Case, service: Service) -> None:
    no = session.scalar(
        sa.select(Case.no).where(
            Case.carried_from_id == source.id, Case.service == service.key, Case.phase.not_in(OVER)
        )
    )
    if no is not None:
        raise Problem(409, GOING_ON, f"这件事你已经接着办了，正在办。打开 {no} 看进展、补充情况", extra={"no": no})


def _own_files(case: Case) -> Sequence[Attachment]:
    """What the worker sent with a case, but what only some of those see who open it."""
    form = version_of(case.service, case.service_version).form.declaration
    open_fields = [field.key for field in seen_by_all(form.files(), WHO_OPENS)]
    return db.session.scalars(
        sa.select(Attachment)
        .where(
            Attachment.case_id == case.id,
            Attachment.owner_worker_id == case.worker_id,
            Attachment.talk_id.is_(None),
            sa.or_(Attachment.field.is_(None), Attachment.field.in_(open_fields)),
        )
        .order_by(Attachment.claimed_at, Attachment.id)
    ).all()


def _known_in_both(*cases: Case) -> bool:
    return all(case.identity_mode is IdentityMode.NAMED for case in cases)


def _at_desk(case: Case, which: sa.ColumnElement[bool], *, staff_no: str, viewers: Collection[Viewer]) -> list[Linked]:
    if viewers == {Viewer.ASSIGNEE} or not _known_in_both(case):
        return []
    found = db.session.scalars(
        sa.select(Case)
        .where(which, Case.worker_id == case.worker_id, Case.identity_mode == IdentityMode.NAMED)
        .order_by(Case.created_at)
    )
    return [
        Linked(
            one.no,
            version_of(one.service, one.service_version).name,
            readable=lets_pass(one, staff_no=staff_no, right=Right.CASE_READ),
        )
        for one in found
    ]

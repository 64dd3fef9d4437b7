"""Who may ask for a service, and what of the answers only the database can check."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.capabilities.membership import state_wanted
from server.cases.capabilities.registry import CHANGE
from server.cases.declaration import Service, WayBy
from server.cases.forms.fields import Answers, FieldType, FormField
from server.cases.models import Case
from server.cases.publications import published_as
from server.cases.under_way import refuse_second
from server.cases.vocabulary import IdentityMode
from server.core.clock import today
from server.core.db import db
from server.core.errors import conflict, unprocessable
from server.core.said import Said
from server.core.settings import settings
from server.identity.papers import PAPER_NAMES, IdType, read_id_number
from server.identity.rules import Invalid
from server.identity.service import get_worker
from server.unions.areas import STREET_DIGITS, is_area
from server.unions.rules import COUNTED, may_become
from server.unions.service import membership_of
from server.unions.vocabulary import MembershipState

NO_AREA = Said("请从列表里选街道或社区", "area")
NO_PUBLICATION = Said("没有这一条公示，请从列表里重新选；不在列表里，就写上公示里的姓和街道", "publication")
NO_SUCH_CASE = Said("你没有这样一件实名办的事，请核对编号，或者不写编号", "no_such_case")
OTHER_STREET = Said("和选的那一条公示的街道不一样，请选公示写的街道", "published_street")


def refuse_who_may_not_ask(
    session: Session, service: Service, worker_id: uuid.UUID, *, answers: Answers, apart: bool = False
) -> None:
    """Let pass whom the service is for, and who has not asked for it already. Nobody asks twice at the same moment.

    Args:
        apart: as for `refuse_second`.

    Raises:
        Problem: 409, saying what to do instead; 422 for what the membership cannot become.
    """
    if service.asked_by is not None:
        refuse_for_whom_it_is_not(session, service, worker_id)
        found = membership_of(session, worker_id)
        errors = {} if found is None else impossible_changes(service, answers, found[0].state)
        if errors:
            raise unprocessable(errors)
    if service.one_at_a_time:
        refuse_second(session, service, worker_id, apart=apart)


def refuse_for_whom_it_is_not(session: Session, service: Service, worker_id: uuid.UUID) -> None:
    """Let pass whom the service is for: members, or others.

    Raises:
        Problem: 409, saying what to do instead.
    """
    if service.asked_by is None:
        return
    found = membership_of(session, worker_id)
    if (found is not None and found[0].state in COUNTED) is not service.asked_by.members:
        raise conflict("not_for_you", service.asked_by.otherwise)


def impossible_changes(service: Service, answers: Answers, state: MembershipState) -> dict[str, list[str]]:
    """By answer: what a membership that is in `state` cannot become."""
    asked = [step.does[CHANGE] for step in service.machine.steps.values() if CHANGE in step.does]
    return {
        f"answers.{wanted['to']}": ["会籍现在的状态不能变成这样，请选别的"]
        for wanted in asked
        if wanted["to"] in answers and not may_become(state, state_wanted(wanted, answers))
    }


def with_known(service: Service, answers: Answers, *, worker_id: uuid.UUID | None) -> dict[str, Any]:
    """Answers with what the account knows, where the form says so and the worker wrote nothing."""
    if worker_id is None or not any(field.filled_from for field in service.asked.declaration.fields()):
        return dict(answers)
    worker = get_worker(db.session(), worker_id)
    return filled_in(service, answers, {"phone": worker.phone, "name": worker.name})


def filled_in(service: Service, answers: Answers, known: Mapping[str, str | None]) -> dict[str, Any]:
    """Answers with what is known of whoever asks, by what the form calls it, where nothing was written."""
    filled = {
        field.key: known[field.filled_from]
        for field in service.asked.declaration.fields()
        if field.filled_from is not None and not answers.get(field.key)
    }
    return dict(answers) | {key: value for key, value in filled.items() if value is not None}


def unknown_answers(
    service: Service, answers: Answers, *, worker_id: uuid.UUID | None, before: Answers | None = None
) -> dict[str, list[str]]:
    """What is wrong with answers of the right shape: areas and papers that cannot be, signatures of somebody else, and
    the number of a case by which this one is placed, where that is no case of theirs that says who they are.

    Args:
        before: of a case that there is, what stood in it. A publication that was named stays, whatever became of it,
            and one that is named later may be of another street: the case lies where it lies, whose it is is said.
    """
    fields = tuple(service.form.declaration.fields())
    found = {path: [said] for path, said in _unknown(fields, answers, "answers", worker_id, before)}
    numbers = {way.field: answers[way.field] for way in service.route if way.by is WayBy.CASE and way.field in answers}
    for key, no in numbers.items():
        if no != (before or {}).get(key) and not _is_theirs(str(no), worker_id):
            found[f"answers.{key}"] = [NO_SUCH_CASE]
    return found


def _is_theirs(no: str, worker_id: uuid.UUID | None) -> bool:
    """Whether a worker is known in the case of this number: one in confidence is never told of by another."""
    known = sa.and_(Case.no == no, Case.worker_id == worker_id, Case.identity_mode == IdentityMode.NAMED)
    return worker_id is not None and bool(db.session.scalar(sa.select(sa.exists().where(known))))


def _unknown(
    fields: tuple[FormField, ...], answers: Answers, within: str, worker_id: uuid.UUID | None, before: Answers | None
) -> Iterator[tuple[str, str]]:
    for field in fields:
        answer, known, path = answers.get(field.key), (before or {}).get(field.key), f"{within}.{field.key}"
        match field.type, answer:
            case FieldType.AREA, str() if not is_area(answer):
                yield path, NO_AREA
            case FieldType.ADDRESS, {"area": str(area)} if not is_area(area):
                yield f"{path}.area", NO_AREA
            case FieldType.PLACE, {"street": str(street)} if not is_area(street):
                yield f"{path}.street", NO_AREA
            case FieldType.PAPER, {"kind": str(kind), "number": str(number)} if kind in PAPER_NAMES:
                try:
                    read_id_number(IdType(kind), number, today=today(), allow_synthetic=not settings().production)
                except Invalid as wrong:
                    yield f"{path}.number", wrong.said
            case FieldType.PUBLICATION, dict(picked) if picked.keys() > {"name"} and picked != known:
                publication = published_as(picked)
                if publication is None or picked.get("area", publication.area) != publication.area:
                    yield path, NO_PUBLICATION
                elif before is None and field.fills and not _lies_in(answers.get(field.fills), publication.area):
                    yield f"{within}.{field.fills}", OTHER_STREET
            case FieldType.SIGNATURE, {"name": str(name)} if worker_id is not None:
                verified = get_worker(db.session(), worker_id).name
                if verified is not None and _plain(verified) != _plain(name):
                    yield f"{path}.name", "请写你实名认证的姓名"
            case FieldType.ROWS, list():
                for place, row in enumerate(answer):
                    if isinstance(row, dict):
                        yield from _unknown(field.fields, row, f"{path}.{place}", worker_id, before)


def _lies_in(area: object, street: str | None) -> bool:
    return street is None or not isinstance(area, str) or area[:STREET_DIGITS] == street


def _plain(name: str) -> str:
    return name.replace(" ", "").replace("·", "").replace("•", "")

"""Who may ask for a service, and what of the answers only the database can check."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.forms.fields import Answers, FieldType
from server.cases.models import Case
from server.cases.vocabulary import Phase
from server.core.db import db
from server.core.errors import conflict
from server.core.said import Said
from server.identity.service import get_worker
from server.unions.areas import is_area
from server.unions.rules import COUNTED
from server.unions.service import membership_of

ENDED = (Phase.DONE, Phase.WITHDRAWN, Phase.LAPSED)


def refuse_who_may_not_ask(session: Session, service: Service, worker_id: uuid.UUID) -> None:
    """Let pass whom the service is for, and who has not asked for it already. Nobody asks twice at the same moment.

    Raises:
        Problem: 409, saying what to do instead.
    """
    if service.asked_by is not None:
        found = membership_of(session, worker_id)
        is_member = found is not None and found[0].state in COUNTED
        if is_member is not service.asked_by.members:
            raise conflict("not_for_you", service.asked_by.otherwise)
    if service.one_at_a_time:
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"{service.key}:{worker_id}"))))
        for case in session.scalars(
            sa.select(Case).where(Case.worker_id == worker_id, Case.service == service.key, Case.phase.not_in(ENDED))
        ):
            if not version_of(case.service, case.service_version).machine.states[case.state].final:
                raise conflict("under_way", f"你已经交过一份，正在办：{case.no}。请在“我的事”里看进展，不用再交")


def with_known(service: Service, answers: Answers, *, worker_id: uuid.UUID | None) -> dict[str, Any]:
    """Answers with what the account knows, where the form says so and the worker wrote nothing."""
    filled = {
        field.key: field.filled_from
        for field in service.asked.declaration.fields()
        if field.filled_from is not None and not answers.get(field.key)
    }
    if not filled or worker_id is None:
        return dict(answers)
    worker = get_worker(db.session(), worker_id)
    known = {"phone": worker.phone, "name": worker.name}
    return dict(answers) | {key: known[source] for key, source in filled.items() if known[source] is not None}


def unknown_answers(service: Service, answers: Answers, *, worker_id: uuid.UUID | None) -> dict[str, list[str]]:
    """What is wrong with answers of the right shape: areas that do not exist, signatures of somebody else."""
    errors: dict[str, list[str]] = {}
    for field in service.form.declaration.fields():
        answer = answers.get(field.key)
        if field.type is FieldType.AREA and isinstance(answer, str) and not is_area(answer):
            errors[f"answers.{field.key}"] = [Said("请从列表里选街道或社区", "area")]
        if field.type is FieldType.SIGNATURE and isinstance(answer, dict) and worker_id is not None:
            worker = get_worker(db.session(), worker_id)
            if worker.name is not None and _plain(worker.name) != _plain(str(answer.get("name", ""))):
                errors[f"answers.{field.key}.name"] = ["请写你实名认证的姓名"]
    return errors


def _plain(name: str) -> str:
    return name.replace(" ", "").replace("·", "").replace("•", "")

"""Membership as a case decides it: joining, going from one union to another, and what ends or changes it."""

import uuid
from collections.abc import Mapping
from typing import Any

from server.cases.capabilities.doing import Doing
from server.cases.forms.fields import FieldType
from server.cases.forms.speaking import spoken
from server.core.db import db
from server.core.errors import conflict
from server.unions.joining import keep_joining_record
from server.unions.models import TradeUnion
from server.unions.service import change_state, membership_of, restore, transfer
from server.unions.service import enrol as enrol_member
from server.unions.vocabulary import Employment, MembershipState

RECORD = frozenset(
    {
        "employment",
        "employer",
        "work_area",
        "former_union",
        "ethnicity",
        "education",
        "political_status",
        "skill_level",
        "household",
    }
)
"""Columns of the joining record: `{column: field of the form}`."""


def enrol(doing: Doing, record: Mapping[str, Any]) -> None:
    """Make the worker a member of the union that the case is for, and keep what they said."""
    session = db.session()
    enrol_member(session, worker_id=_worker(doing), union=_union(doing), actor=doing.actor)
    _keep(doing, record)


def begin_transfer(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """The old union lets the member go, or has not answered in time."""
    change_state(worker_id=_worker(doing), target=MembershipState.TRANSFERRING, actor=doing.actor)


def stop_transfer(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """The member stays where they were."""
    found = membership_of(db.session(), _worker(doing))
    if found is not None and found[0].state is MembershipState.TRANSFERRING:
        change_state(worker_id=_worker(doing), target=MembershipState.ACTIVE, actor=doing.actor)


def end_transfer(doing: Doing, record: Mapping[str, Any]) -> None:
    """The member arrives at the union that the case is for."""
    transfer(worker_id=_worker(doing), union=_union(doing), actor=doing.actor)
    _keep(doing, record)


def change_membership(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Take the membership to a state, or to the one that an answer names."""
    change_state(worker_id=_worker(doing), target=state_wanted(parameters, doing.answers), actor=doing.actor)


def restore_membership(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """The membership is as it was before somebody changed it."""
    restore(worker_id=_worker(doing), actor=doing.actor)


def state_wanted(parameters: Mapping[str, Any], answers: Mapping[str, Any]) -> MembershipState:
    """The state to which `change_membership` takes a membership with these answers."""
    return MembershipState(answers.get(parameters["to"], parameters["to"]))


def _keep(doing: Doing, record: Mapping[str, Any]) -> None:
    kept: dict[str, Any] = {}
    for column, key in record.items():
        field = doing.service.form.declaration.field(key)
        assert field is not None, "checked when the file was read"
        answer = doing.answers.get(key)
        if answer is None:
            continue
        if column == "employment":
            kept[column] = Employment(answer)
        else:
            kept[column] = answer if field.type is FieldType.AREA else spoken(field, answer)
    if kept:
        keep_joining_record(db.session(), worker_id=_worker(doing), fields=kept)


def _worker(doing: Doing) -> uuid.UUID:
    if doing.case.worker_id is None:
        raise conflict("nobodys", "匿名的事办不了会籍")
    return doing.case.worker_id


def _union(doing: Doing) -> TradeUnion:
    """The union that was meant, also where one above decided in its stead."""
    union_id = doing.case.meant_for_id or doing.case.union_id
    if union_id is None:
        raise conflict("no_union", "还没有定由哪个工会接收，请先转给要接收的工会")
    return db.session.get_one(TradeUnion, union_id)

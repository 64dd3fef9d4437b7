"""Hints that somebody asks twice: by number, phone, name and day of birth, in the unions' lists and among open cases.

They are hints for a person who decides, and hold no number and no case of somebody else's.
"""

import uuid
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from server.cases.models import Case
from server.cases.vocabulary import OVER
from server.core.crypto import keyed_hmacs
from server.core.db import db
from server.identity.models import NAME, RosterEntry, Worker
from server.identity.papers import birth_of
from server.identity.rules import name_key
from server.unions.models import IS_MEMBER, Membership, TradeUnion

MOST_COMPARED = 500
"""Open cases of a service whose names are compared."""


def hints_for(cases: Sequence[Case], people: Mapping[uuid.UUID, Worker]) -> Mapping[uuid.UUID, list[str]]:
    """Case → hints: by number, by phone, by name."""
    of_worker = {case.worker_id: case for case in cases if case.worker_id is not None}
    found: dict[uuid.UUID, list[str]] = {}

    def say(worker_id: uuid.UUID, hint: str) -> None:
        known = found.setdefault(of_worker[worker_id].id, [])
        if hint not in known:
            known.append(hint)

    for worker_id, union_id, name in _on_rosters(list(of_worker)):
        if union_id not in {of_worker[worker_id].union_id, of_worker[worker_id].meant_for_id}:
            say(worker_id, f"同一个证件号在“{name}”的名册上")
    for worker_id, is_member in _of_the_same_phone(of_worker):
        say(worker_id, "另一位会员也用这个手机号" if is_member else "另一件没办完的申请也用这个手机号")
    others = _open_applicants(cases)
    for worker_id in of_worker:
        me = people[worker_id]
        if any(other.id != worker_id and _is_namesake(me, other) for other in others):
            say(worker_id, "另一件没办完的申请是同一个姓名和生日")
    for worker_id in _namesakes_on_rosters([people[one] for one in of_worker]):
        say(worker_id, "名册上有同名的人，证件号不一样")
    return found


def _on_rosters(worker_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID, str]]:
    rows = db.session.execute(
        sa.select(Worker.id, RosterEntry.union_id, TradeUnion.name)
        .join(RosterEntry, RosterEntry.id_number_hmac == Worker.id_number_hmac)
        .join(TradeUnion, TradeUnion.id == RosterEntry.union_id)
        .where(Worker.id.in_(worker_ids))
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _of_the_same_phone(cases: Mapping[uuid.UUID, Case]) -> list[tuple[uuid.UUID, bool]]:
    """Workers whose phone somebody else has too, and whether that is a member."""
    other, theirs = aliased(Worker), aliased(Case)
    services = {case.service for case in cases.values()}
    rows = db.session.execute(
        sa.select(Worker.id, Membership.id.is_not(None))
        .join(other, sa.and_(other.phone_hmac == Worker.phone_hmac, other.id != Worker.id, other.merged_into.is_(None)))
        .outerjoin(Membership, sa.and_(Membership.worker_id == other.id, IS_MEMBER))
        .outerjoin(
            theirs,
            sa.and_(theirs.worker_id == other.id, theirs.service.in_(services), theirs.phase.not_in(OVER)),
        )
        .where(Worker.id.in_(list(cases)), sa.or_(Membership.id.is_not(None), theirs.id.is_not(None)))
    )
    return [(row[0], row[1]) for row in rows]


def _open_applicants(cases: Sequence[Case]) -> Sequence[Worker]:
    """Who has an open case of the same service, the newest."""
    services = {case.service for case in cases}
    return db.session.scalars(
        sa.select(Worker)
        .join(Case, Case.worker_id == Worker.id)
        .where(Case.service.in_(services), Case.phase.not_in(OVER))
        .order_by(Case.created_at.desc())
        .limit(MOST_COMPARED)
    ).all()


def _is_namesake(one: Worker, other: Worker) -> bool:
    if one.name is None or other.name is None or name_key(one.name) != name_key(other.name):
        return False
    born = birth_of(one.id_number or "")
    return born is not None and born == birth_of(other.id_number or "")


def _namesakes_on_rosters(people: Sequence[Worker]) -> set[uuid.UUID]:
    """Workers of whose name somebody with another number stands on a roster, where dates of birth are not kept."""
    digests = {digest: one.id for one in people if one.name for digest in keyed_hmacs(name_key(one.name), purpose=NAME)}
    own = sa.select(Worker.id_number_hmac).where(
        Worker.id.in_(list(digests.values())), Worker.id_number_hmac.is_not(None)
    )
    rows = db.session.scalars(
        sa.select(RosterEntry.name_hmac).where(
            RosterEntry.name_hmac.in_(list(digests)), RosterEntry.id_number_hmac.not_in(own)
        )
    )
    return {digests[digest] for digest in rows}

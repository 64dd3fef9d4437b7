"""The roster: members on the unions' lists, as digests. A source of verification."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.crypto import keyed_hmac, keyed_hmacs
from server.core.db import new_id
from server.core.private import Private
from server.identity.models import ID_NUMBER, NAME, RosterEntry, Worker
from server.identity.papers import IdNumber, match_key
from server.identity.rules import name_key
from server.identity.verification import Claim, Confirmation

AT_ONCE = 1000
"""Rows in one statement."""


class ListedMember(Private, frozen=True):
    """One member of a union's list."""

    number: IdNumber
    name: str
    """Normalised."""
    union_id: uuid.UUID


class RosterSource:
    """Confirms a name and a number that stand on a list together."""

    def confirm(self, session: Session, claim: Claim) -> Confirmation:
        name_hmac = session.scalar(
            sa.select(RosterEntry.name_hmac).where(
                RosterEntry.id_number_hmac.in_(keyed_hmacs(claim.number.key, purpose=ID_NUMBER))
            )
        )
        same = name_hmac in keyed_hmacs(name_key(claim.name), purpose=NAME)
        return Confirmation.SAME if same else Confirmation.UNKNOWN


def union_of(session: Session, worker: Worker) -> uuid.UUID | None:
    """On whose list a verified worker stands."""
    if worker.id_type is None or worker.id_number is None:
        return None
    digests = keyed_hmacs(match_key(worker.id_type, worker.id_number), purpose=ID_NUMBER)
    return session.scalar(sa.select(RosterEntry.union_id).where(RosterEntry.id_number_hmac.in_(digests)))


def unions_of_numbers(session: Session, numbers: Sequence[IdNumber]) -> dict[str, uuid.UUID]:
    """Key of a number → on whose list it stands, for those that stand on one."""
    found: dict[str, uuid.UUID] = {}
    for start in range(0, len(numbers), AT_ONCE):
        keys = {
            digest: number.key
            for number in numbers[start : start + AT_ONCE]
            for digest in keyed_hmacs(number.key, purpose=ID_NUMBER)
        }
        rows = session.execute(
            sa.select(RosterEntry.id_number_hmac, RosterEntry.union_id).where(
                RosterEntry.id_number_hmac.in_(list(keys))
            )
        )
        found |= {keys[digest]: union_id for digest, union_id in rows}
    return found


def enter(session: Session, members: Sequence[ListedMember]) -> int:
    """Put members on the roster, each number once; one that is there gets the new name and union.

    Returns:
        how many were not there before.
    """
    at = now()
    added = 0
    for start in range(0, len(members), AT_ONCE):
        rows = [
            {
                "id": new_id(),
                "id_type": member.number.id_type,
                "id_number_hmac": keyed_hmac(member.number.key, purpose=ID_NUMBER),
                "name_hmac": keyed_hmac(name_key(member.name), purpose=NAME),
                "union_id": member.union_id,
                "imported_at": at,
            }
            for member in members[start : start + AT_ONCE]
        ]
        renewed = _forget_older_digests(session, members[start : start + AT_ONCE])
        entering = insert(RosterEntry).values(rows)
        # An inserted row has no older version: its xmax is 0.
        returned = session.scalars(
            entering.on_conflict_do_update(
                index_elements=["id_number_hmac"],
                set_={key: entering.excluded[key] for key in ("id_type", "name_hmac", "union_id", "imported_at")},
            ).returning(sa.literal_column("xmax = 0", sa.Boolean))
        )
        added += sum(returned) - renewed
    return added


def leave(session: Session, numbers: Sequence[IdNumber]) -> int:
    """Take numbers off the roster; returns how many stood on it. What was verified by it stays so."""
    left = 0
    for start in range(0, len(numbers), AT_ONCE):
        digests = [
            digest
            for number in numbers[start : start + AT_ONCE]
            for digest in keyed_hmacs(number.key, purpose=ID_NUMBER)
        ]
        gone = sa.delete(RosterEntry).where(RosterEntry.id_number_hmac.in_(digests)).returning(RosterEntry.id)
        left += len(session.execute(gone).all())
    return left


def _forget_older_digests(session: Session, members: Sequence[ListedMember]) -> int:
    """Drop entries of these members under keys that were replaced; returns how many. So a roster gets new digests."""
    older = [digest for member in members for digest in keyed_hmacs(member.number.key, purpose=ID_NUMBER)[1:]]
    if not older:
        return 0
    return len(
        session.execute(
            sa.delete(RosterEntry).where(RosterEntry.id_number_hmac.in_(older)).returning(RosterEntry.id)
        ).all()
    )

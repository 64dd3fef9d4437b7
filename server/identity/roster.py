"""The roster: members on the unions' lists, as digests. A source of verification."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.crypto import keyed_hmacs
from server.identity.listed import DIGESTS
from server.identity.models import ID_NUMBER, NAME, RosterEntry, Worker
from server.identity.papers import match_key
from server.identity.rules import name_key
from server.identity.verification import Claim, Confirmation

KNOWN = f"SELECT count(*) FROM {DIGESTS} known JOIN roster_entry ON id_number_hmac = hmac"  # noqa: S608  # our own words
# An entry under a key that was replaced gives way to one under the new key.
GIVE_WAY = """
DELETE FROM roster_entry USING (SELECT unnest(older_hmacs) AS hmac FROM listed WHERE sentence IS NULL) older
WHERE id_number_hmac = older.hmac
"""
ENTER = """
INSERT INTO roster_entry (id, id_type, id_number_hmac, name_hmac, union_id, imported_at)
SELECT gen_random_uuid(), id_type, id_number_hmac, name_hmac, union_id, :at FROM listed
WHERE sentence IS NULL ORDER BY id_number_hmac
ON CONFLICT (id_number_hmac) DO UPDATE SET id_type = excluded.id_type, name_hmac = excluded.name_hmac,
    union_id = excluded.union_id, imported_at = excluded.imported_at
"""
LEAVE = f"DELETE FROM roster_entry USING {DIGESTS} known WHERE id_number_hmac = hmac"  # noqa: S608  # our own words


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


def known_of_listed(session: Session) -> int:
    """How many of the members in the table `listed` stand on the roster."""
    return session.scalar(sa.text(KNOWN)) or 0


def enter_listed(session: Session) -> None:
    """Put them on the roster, each number once; one that is there gets the new name and union."""
    session.execute(sa.text(GIVE_WAY))
    session.execute(sa.text(ENTER), {"at": now()})


def take_off_listed(session: Session) -> None:
    """Take them off the roster. What was verified by it stays so."""
    session.execute(sa.text(LEAVE))

"""Members of a list, in a temporary table as digests, so that memory does not grow with the list.

The table is the session's own and goes with the transaction. A row with a sentence has a fault or says again what
another row says; all statements about members leave it out.
"""

import uuid
from collections.abc import Callable, Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.crypto import cipher, hmac_ring
from server.core.private import Private
from server.identity.models import ID_NUMBER, NAME, PHONE
from server.identity.papers import IdNumber
from server.identity.rules import name_key

TABLE = """
CREATE TEMPORARY TABLE listed (
    row integer, id_type text, id_number_hmac bytea, older_hmacs bytea[], name_hmac bytea, union_id uuid,
    phone bytea, phone_hmac bytea, sentence text, repeated boolean NOT NULL DEFAULT false
) ON COMMIT DROP
"""
COPY = """
COPY listed (row, id_type, id_number_hmac, older_hmacs, name_hmac, union_id, phone, phone_hmac, sentence)
FROM STDIN (FORMAT BINARY)
"""
TYPES = ("int4", "text", "bytea", "bytea[]", "bytea", "uuid", "bytea", "bytea", "text")
PHONE_CONTEXT = "membership_invitation.phone"
"""Where a phone goes from here, as ciphertext."""
DIGESTS = """(
    SELECT row, id_number_hmac AS hmac FROM listed WHERE sentence IS NULL
    UNION ALL SELECT row, unnest(older_hmacs) FROM listed WHERE sentence IS NULL
)"""
"""Every digest by which a member may be known, of keys that were replaced too."""
REPEATS = """
UPDATE listed SET repeated = same.again, sentence = CASE WHEN same.again
    THEN format('和第 %s 行重复，只算一次', same.first)
    ELSE format('和第 %s 行是同一个号码，但姓名或工会不一样', same.first) END
FROM (
    SELECT row, first_value(row) OVER said AS first,
        (name_hmac, union_id, id_type) = (first_value(name_hmac) OVER said, first_value(union_id) OVER said,
            first_value(id_type) OVER said) AS again
    FROM listed WHERE sentence IS NULL WINDOW said AS (PARTITION BY id_number_hmac ORDER BY row)
) same
WHERE listed.row = same.row AND same.row <> same.first
"""
FAULTS_ELSEWHERE = f"""
UPDATE listed SET sentence = :sentence
FROM {DIGESTS} known JOIN roster_entry entry ON entry.id_number_hmac = known.hmac
WHERE listed.row = known.row AND entry.union_id <> ALL(:unions)
"""  # noqa: S608  # our own words
TELL_EVERY = 5000
"""Rows."""


class ListedMember(Private, frozen=True):
    """One member of a union's list."""

    number: IdNumber
    name: str
    """Normalised."""
    union_id: uuid.UUID
    phone: str | None = None
    """Normalised; only for asking whoever has no account."""


def stage(
    session: Session, rows: Iterable[tuple[int, ListedMember | str]], *, tell: Callable[[int], object] | None = None
) -> None:
    """Put the rows of a list into the table, and mark those that say the same number again.

    Args:
        rows: number of a row, and the member in it or what is wrong with it.
        tell: called now and then with how many rows there are so far.
    """
    session.execute(sa.text("DROP TABLE IF EXISTS listed"))
    session.execute(sa.text(TABLE))
    digests, encrypt, count = hmac_ring().digests, cipher().encrypt, 0
    cursor = session.connection().connection.cursor()
    with cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        for number, found in rows:
            if isinstance(found, str):
                copy.write_row((number, None, None, None, None, None, None, None, found))
            else:
                known, *older = digests(found.number.key, purpose=ID_NUMBER)
                name = digests(name_key(found.name), purpose=NAME)[0]
                paper = found.number.id_type.value
                phone, phone_hmac = None, None
                if found.phone is not None:
                    phone = encrypt(found.phone.encode(), context=PHONE_CONTEXT.encode())
                    phone_hmac = digests(found.phone, purpose=PHONE)[0]
                union_id = found.union_id
                copy.write_row((number, paper, known, older or None, name, union_id, phone, phone_hmac, None))
            count += 1
            if tell is not None and count % TELL_EVERY == 0:
                tell(count)
    cursor.close()
    session.execute(sa.text("ANALYZE listed"))
    session.execute(sa.text(REPEATS))


def refuse_those_on_other_lists(session: Session, unions: Collection[uuid.UUID], *, sentence: str) -> None:
    """Mark members who stand on the roster of another union than these."""
    session.execute(sa.text(FAULTS_ELSEWHERE), {"sentence": sentence, "unions": list(unions)})


def counted(session: Session) -> tuple[int, int, int]:
    """How many rows hold a member, a fault, a repetition."""
    members, faults, repeated = session.execute(
        sa.text(
            "SELECT count(*) FILTER (WHERE sentence IS NULL), count(sentence) FILTER (WHERE NOT repeated),"
            " count(*) FILTER (WHERE repeated) FROM listed"
        )
    ).one()
    return members, faults, repeated

"""Who stands on a list that a unit sent is asked: is it you, and do you want to? Only a yes makes a member.

A list that the operator takes over on the command line is a register of members: whoever is found in it by their
verification is one at once. Why there are two kinds: docs/decisions/0040-asked-first.md.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit
from server.core.access import Level
from server.core.clock import now
from server.core.crypto import keyed_hmacs
from server.core.db import transaction
from server.core.errors import conflict
from server.core.signals import membership_changed
from server.identity import roster
from server.identity.listed import DIGESTS
from server.identity.models import ID_NUMBER, Worker
from server.identity.papers import match_key
from server.unions.lists.models import MemberList, MembershipInvitation
from server.unions.lists.vocabulary import InvitationAnswer
from server.unions.models import IS_MEMBER, Membership, TradeUnion
from server.unions.rules import COUNTED
from server.unions.service import admit, enrol

# An invitation under a key that was replaced goes on under the new one.
UNDER_NEW_KEY = """
UPDATE membership_invitation SET id_number_hmac = older.known
FROM (SELECT id_number_hmac AS known, unnest(older_hmacs) AS hmac FROM listed WHERE sentence IS NULL) older
WHERE membership_invitation.id_number_hmac = older.hmac
"""
# Each member of a list: the account, whether they are a member, and whether they have answered about this union.
# Whoever stands in the union's register, has no account and was never asked will be one by their verification.
TO_ASK = f"""
CREATE TEMPORARY TABLE to_ask ON COMMIT DROP AS
SELECT one.*, here.worker_id, coalesce(here.is_member, entry.row IS NOT NULL AND before.row IS NULL) AS is_member,
    coalesce(before.union_id = one.union_id AND before.answer <> 'later', false) AS answered
FROM listed one
LEFT JOIN (
    SELECT known.row, worker.id AS worker_id, coalesce(membership.state = ANY(:members), false) AS is_member
    FROM {DIGESTS} known JOIN worker ON worker.id_number_hmac = known.hmac
    LEFT JOIN membership ON membership.worker_id = worker.id
) here ON here.row = one.row
LEFT JOIN (
    SELECT known.row, old.union_id, old.answer
    FROM {DIGESTS} known JOIN membership_invitation old ON old.id_number_hmac = known.hmac
) before ON before.row = one.row
LEFT JOIN (
    SELECT known.row, entry.union_id FROM {DIGESTS} known JOIN roster_entry entry ON entry.id_number_hmac = known.hmac
) entry ON entry.row = one.row AND entry.union_id = one.union_id
WHERE one.sentence IS NULL
"""  # noqa: S608  # our own words
# Of several without an account and with one phone only the first is sent an SMS, and nobody whose phone had one before.
INVITE = """
INSERT INTO membership_invitation AS old
    (id, created_at, list_id, row, union_id, id_number_hmac, worker_id, phone, phone_hmac)
SELECT gen_random_uuid(), :at, :list, one.row, one.union_id, one.id_number_hmac, one.worker_id,
    CASE WHEN texted THEN one.phone END, CASE WHEN texted THEN one.phone_hmac END
FROM (SELECT *, row_number() OVER (PARTITION BY phone_hmac, worker_id IS NULL ORDER BY row) AS with_phone FROM to_ask
    WHERE NOT is_member) one
CROSS JOIN LATERAL (SELECT one.worker_id IS NULL AND with_phone = 1
    AND NOT EXISTS (SELECT FROM membership_invitation other WHERE other.phone_hmac = one.phone_hmac) AS texted) sms
ORDER BY one.id_number_hmac
ON CONFLICT (id_number_hmac) DO UPDATE SET list_id = excluded.list_id, row = excluded.row,
    worker_id = excluded.worker_id, union_id = excluded.union_id,
    phone = CASE WHEN excluded.worker_id IS NULL AND old.phone_hmac IS NULL THEN excluded.phone
        WHEN excluded.worker_id IS NULL THEN old.phone END,
    phone_hmac = coalesce(old.phone_hmac, excluded.phone_hmac),
    wrong_number = old.wrong_number AND excluded.phone IS NULL,
    answer = CASE WHEN old.union_id = excluded.union_id THEN old.answer END,
    answered_at = CASE WHEN old.union_id = excluded.union_id THEN old.answered_at END,
    told_at = CASE WHEN old.union_id = excluded.union_id THEN old.told_at END,
    reminded_at = CASE WHEN old.union_id = excluded.union_id THEN old.reminded_at END
"""
FIND = """
UPDATE membership_invitation asked SET worker_id = worker.id, phone = NULL FROM worker
WHERE asked.list_id = :list AND asked.worker_id IS NULL AND worker.id_number_hmac = asked.id_number_hmac
"""
TAKE_BACK = f"DELETE FROM membership_invitation USING {DIGESTS} known WHERE id_number_hmac = hmac"  # noqa: S608  # our own words

OPEN = sa.or_(MembershipInvitation.answer.is_(None), MembershipInvitation.answer == InvitationAnswer.LATER)
"""Of invitations: nothing was said yet, or "later"."""


class Invitation(Struct, frozen=True):
    """What a worker is asked."""

    union: TradeUnion
    put_off: bool
    """They said "later"."""


class ToTell(Struct, frozen=True):
    """A worker who has to be told that there is a question."""

    worker_id: uuid.UUID
    union: str
    again: bool


class Tally(Struct, frozen=True):
    """What those on a list said, in numbers. Who does not want to and who has not answered yet are one number: of a
    list with a single name it would tell what that person said."""

    joined: int
    not_them: int
    others: int
    wrong_numbers: int
    """Of those without an account: whose phone is none."""


def weigh_listed(session: Session) -> tuple[int, int]:
    """Find out, before the table `listed` is entered into the register, whom of it there is to ask.

    Returns:
        How many are members: they are not asked; and how many are asked and have not answered about the same union.
    """
    session.execute(sa.text("DROP TABLE IF EXISTS to_ask"))
    session.execute(sa.text(TO_ASK), {"members": list(COUNTED)})
    counted = (
        "SELECT count(*) FILTER (WHERE is_member), count(*) FILTER (WHERE NOT is_member AND NOT answered) FROM to_ask"
    )
    members, asked = session.execute(sa.text(counted)).one()
    return members, asked


def invite_listed(session: Session, *, list_id: uuid.UUID) -> None:
    """Have those asked whom `weigh_listed` found. What somebody said about the same union stands."""
    session.execute(sa.text(UNDER_NEW_KEY))
    session.execute(sa.text(INVITE), {"at": now(), "list": list_id})


def find_accounts(session: Session, *, list_id: uuid.UUID) -> None:
    """Find, once a list is read, the accounts of those who were verified while it was."""
    session.execute(sa.text(FIND), {"list": list_id})


def leave_to_register(session: Session) -> None:
    """Ask nobody any more who has no account and stands in a register now: verified, they are members."""
    session.execute(sa.text(f"{TAKE_BACK} AND worker_id IS NULL"))


def take_back_listed(session: Session) -> None:
    """Ask nobody any more who is taken off the list."""
    session.execute(sa.text(TAKE_BACK))


def tally(session: Session, list_id: uuid.UUID) -> Tally:
    """What came of a list so far. Who became a member otherwise counts among those who joined."""
    joined = sa.or_(MembershipInvitation.answer == InvitationAnswer.JOIN, sa.and_(OPEN, Membership.id.is_not(None)))
    row = session.execute(
        sa.select(
            sa.func.count().filter(joined),
            sa.func.count().filter(MembershipInvitation.answer == InvitationAnswer.NOT_ME),
            sa.func.count().filter(
                sa.or_(MembershipInvitation.answer == InvitationAnswer.DECLINE, sa.and_(OPEN, Membership.id.is_(None)))
            ),
            sa.func.count().filter(MembershipInvitation.wrong_number),
        )
        .select_from(MembershipInvitation)
        .outerjoin(Membership, sa.and_(Membership.worker_id == MembershipInvitation.worker_id, IS_MEMBER))
        .where(MembershipInvitation.list_id == list_id)
    ).one()
    return Tally(*row)


def rows_of_others(session: Session, list_id: uuid.UUID, *, most: int) -> Sequence[int]:
    """Rows of a list of which somebody said: that is not me."""
    return _rows(session, list_id, MembershipInvitation.answer == InvitationAnswer.NOT_ME, most=most)


def rows_with_wrong_numbers(session: Session, list_id: uuid.UUID, *, most: int) -> Sequence[int]:
    """Rows of a list whose phone is none."""
    return _rows(session, list_id, MembershipInvitation.wrong_number.is_(True), most=most)


def _rows(session: Session, list_id: uuid.UUID, which: sa.ColumnElement[bool], *, most: int) -> Sequence[int]:
    return session.scalars(
        sa.select(MembershipInvitation.row)
        .where(MembershipInvitation.list_id == list_id, which)
        .order_by(MembershipInvitation.row)
        .limit(most)
    ).all()


def open_invitation(session: Session, worker: Worker) -> Invitation | None:
    """What a verified worker, who is no member, is asked. One query."""
    row = session.execute(
        sa.select(MembershipInvitation, TradeUnion)
        .join(TradeUnion, TradeUnion.id == MembershipInvitation.union_id)
        .where(_of(worker), OPEN)
        .order_by(MembershipInvitation.created_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Invitation(row[1], row[0].answer is InvitationAnswer.LATER)


def answer(*, worker_id: uuid.UUID, union_code: str, said: InvitationAnswer) -> MembershipInvitation | None:
    """Write down what a worker said, and make a member of who wants to be one; None where they said it before.

    Args:
        union_code: of the union that the question named.

    Raises:
        Problem: 409 where the question is another one by now, was answered otherwise, or is put to a member.
    """
    with transaction() as session:
        worker = session.get_one(Worker, worker_id)
        row = session.execute(
            sa.select(MembershipInvitation, TradeUnion)
            .join(TradeUnion, TradeUnion.id == MembershipInvitation.union_id)
            .where(_of(worker), TradeUnion.code == union_code)
            .with_for_update(of=MembershipInvitation)
            .execution_options(populate_existing=True)
        ).first()
        if row is None:
            raise conflict("invitation_gone", "名单变了，请返回再打开看一眼")
        found, union = row
        if found.answer is said:
            return None
        if found.answer not in {None, InvitationAnswer.LATER}:
            raise conflict("answered_already", "你已经答过了。想入会，随时可以点“加入工会”；想退会，在会员卡下面办")
        if said is InvitationAnswer.JOIN:
            # An application that is under way ends with it, or has made them a member by now.
            membership_changed.send("unions", worker_id=worker_id)
        if session.scalar(sa.select(Membership.id).where(Membership.worker_id == worker_id, IS_MEMBER)) is not None:
            raise conflict("already_member", "你已经是会员了，不用再入会。换了单位或街道，请办“转会”")
        found.worker_id, found.answer, found.answered_at = worker_id, said, now()
        session.flush()
        actor = f"worker:{worker_id}"
        audit.record(
            actor=actor,
            action="membership.answer",
            subject_kind="membership_invitation",
            subject_id=found.id,
            detail={"answer": said},
        )
        if said is InvitationAnswer.JOIN:
            enrol(session, worker_id=worker_id, union=union, actor=actor)
        return found


def take_to_tell(session: Session, *, told_before: datetime, most: int) -> Sequence[ToTell]:
    """Open questions of people with an account who were not told yet, or were told before a moment and never again.

    They are marked as told, or told again; whoever else is at it gets others. Not taken, and told later, is who may not
    answer now: a member, or whose account is frozen or has lost name and number.
    """
    found = session.execute(
        sa.select(MembershipInvitation, TradeUnion.name)
        .join(TradeUnion, TradeUnion.id == MembershipInvitation.union_id)
        .join(Worker, Worker.id == MembershipInvitation.worker_id)
        .outerjoin(Membership, sa.and_(Membership.worker_id == MembershipInvitation.worker_id, IS_MEMBER))
        .where(
            Worker.level >= Level.L2,
            Worker.frozen_at.is_(None),
            Worker.id_number_hmac == MembershipInvitation.id_number_hmac,
            Membership.id.is_(None),
            MembershipInvitation.reminded_at.is_(None),
            OPEN,
            sa.or_(MembershipInvitation.told_at.is_(None), MembershipInvitation.told_at < told_before),
        )
        .order_by(MembershipInvitation.told_at, MembershipInvitation.id)
        .limit(most)
        .with_for_update(of=MembershipInvitation, skip_locked=True)
    ).all()
    told = []
    for one, union in found:
        assert one.worker_id is not None, "joined by it"
        told.append(ToTell(one.worker_id, union, again=one.told_at is not None))
        if one.told_at is None:
            one.told_at = now()
        else:
            one.reminded_at = now()
    return told


def take_to_text(session: Session) -> tuple[uuid.UUID, str] | None:
    """Id and phone of one who has no account and was sent no SMS. It counts as sent, and the phone is not kept."""
    found = session.scalar(
        sa.select(MembershipInvitation)
        .where(MembershipInvitation.phone.is_not(None), MembershipInvitation.worker_id.is_(None), OPEN)
        .order_by(MembershipInvitation.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found is None or found.phone is None:
        return None
    phone, found.phone, found.texted_at = found.phone, None, now()
    return found.id, phone


def not_texted(session: Session, invitation_id: uuid.UUID, phone: str) -> None:
    """It certainly was not sent: later again, unless they were found or taken off the list meanwhile."""
    found = session.get(MembershipInvitation, invitation_id, with_for_update=True, populate_existing=True)
    if found is not None and found.worker_id is None:
        found.phone, found.texted_at = phone, None


def note_wrong_number(session: Session, invitation_id: uuid.UUID) -> uuid.UUID | None:
    """There is no such number: one that is put right, in another list, gets the SMS.

    Returns:
        the list that named it, if this is the first such phone on it.
    """
    found = session.get(MembershipInvitation, invitation_id, with_for_update=True, populate_existing=True)
    if found is None or found.list_id is None:
        return None
    # One list after the other, so that two runs do not both find the first one.
    session.get(MemberList, found.list_id, with_for_update={"key_share": True})
    others = sa.exists().where(MembershipInvitation.list_id == found.list_id, MembershipInvitation.wrong_number)
    first = not session.scalar(sa.select(others))
    found.wrong_number, found.phone_hmac = True, None
    return found.list_id if first else None


def on_identity_verified(_sender: Any, *, worker_id: uuid.UUID) -> None:
    """Receiver of the signal, inside the transaction of the verification: found in a register, a member; on a list
    that a unit sent, asked first."""
    with transaction() as session:
        worker = session.get_one(Worker, worker_id)
        union_id = roster.union_of(session, worker)
        union = None if union_id is None else session.get(TradeUnion, union_id)
        if union is None:
            return
        asked = session.scalars(
            sa.update(MembershipInvitation)
            .where(_of(worker), MembershipInvitation.union_id == union.id)
            .values(worker_id=worker_id, phone=None)
            .returning(MembershipInvitation.id)
        ).all()
        if not asked:
            admit(session, worker_id=worker_id, union=union)


def _of(worker: Worker) -> sa.ColumnElement[bool]:
    """Of invitations: to this worker, by the number that they were verified with."""
    if worker.level < Level.L2 or worker.id_type is None or worker.id_number is None:
        return sa.false()
    digests = keyed_hmacs(match_key(worker.id_type, worker.id_number), purpose=ID_NUMBER)
    return MembershipInvitation.id_number_hmac.in_(digests)

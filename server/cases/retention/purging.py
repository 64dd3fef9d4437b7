"""The nightly purge: what has run out is removed, case by case in small batches, and leaves a receipt.

A batch is one transaction, receipts included. A case of which a file cannot be removed stays as it was, and the run
goes on without it. A run that was killed has lost at most the batch it was in the middle of;
its files may be gone already, which the next run, finding their rows, counts and writes down.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.cases.assigning.models import CaseAssignment, CaseTalk
from server.cases.capabilities.models import CaseCall, CasePublication
from server.cases.catalogue import version_of
from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.files.models import Attachment
from server.cases.homes import home_of
from server.cases.models import Case, CaseMessage, CaseNote, CaseProposal, CaseRating, CaseRevision
from server.cases.papers.models import CasePaper
from server.cases.proxies.models import CaseProxy
from server.cases.retention.classes import RetentionRules, retention_rules
from server.cases.retention.filing import Filing, filing_of
from server.cases.retention.models import CaseRetention
from server.cases.retention.receipts import Removed, write_receipts
from server.clocks.changes import forget_reasons
from server.clocks.models import OwnerKind
from server.core.db import transaction
from server.core.storage import storage

AT_ONCE = 50
"""Cases in one transaction."""


class FileLeftError(Exception):
    """A file that had to go is still there."""


def purge(*, at: datetime, at_once: int = AT_ONCE) -> Counter[str]:
    """Remove everything whose time is over.

    Returns:
        cases by class.

    Raises:
        FileLeftError: files cannot be removed; their cases are left as they were, everything else is done.
    """
    rules = retention_rules()
    done: Counter[str] = Counter()
    stuck: dict[uuid.UUID, FileLeftError] = {}
    while (batch := _purge_batch(rules, at=at, at_once=at_once, stuck=stuck)) is not None:
        done.update(batch)
    if stuck:
        raise FileLeftError(", ".join(str(error) for error in stuck.values()))
    return done


def _purge_batch(
    rules: RetentionRules, *, at: datetime, at_once: int, stuck: dict[uuid.UUID, FileLeftError]
) -> Counter[str] | None:
    """The next cases; None when there are none. Those that somebody works on are left for the next night.

    Args:
        stuck: cases of which a file could not be removed in this run; those of this batch are added.
    """
    with transaction() as session:
        looked_at = sa.or_(CaseRetention.due_at <= at, CaseRetention.rules_version < rules.version)
        rows = session.execute(
            sa.select(CaseRetention, Case)
            .join(Case, Case.id == CaseRetention.case_id)
            .where(CaseRetention.due_at.is_not(None), CaseRetention.held_at.is_(None), looked_at)
            .where(CaseRetention.case_id.not_in(stuck.keys()))
            .order_by(CaseRetention.due_at, CaseRetention.case_id)
            .limit(at_once)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()
        if not rows:
            return None
        removed: dict[str, Removed] = {}
        for kept, case in rows:
            try:
                with session.begin_nested():
                    gone = _purge_case(session, kept, case, rules, at=at)
            except FileLeftError as error:
                stuck[case.id] = error
                continue
            for key, one in gone.items():
                removed[key] = removed.get(key, Removed()).plus(one)
        write_receipts(session, removed, rules_version=rules.version, at=at)
        return Counter({key: one.cases for key, one in removed.items()})


def _purge_case(
    session: Session, kept: CaseRetention, case: Case, rules: RetentionRules, *, at: datetime
) -> dict[str, Removed]:
    """Remove what has run out of a locked case: how much, by class."""
    assert kept.ended_at is not None, "what is due has ended"
    filing = filing_of(version_of(case.service, case.service_version), rules)
    over = filing.run_out(ended_at=kept.ended_at, at=at) - set(kept.purged)
    # The service's own class comes last: it leaves nothing to count.
    keys = sorted(over, key=lambda key: (key == filing.own, key))
    gone = {key: _remove(session, case, filing, key, at=at) for key in keys}
    kept.purged = sorted({*kept.purged, *over})
    kept.due_at = filing.next_due(ended_at=kept.ended_at, purged=kept.purged)
    kept.rules_version = rules.version
    return gone


def _remove(session: Session, case: Case, filing: Filing, key: str, *, at: datetime) -> Removed:
    """Remove what a case holds of one class."""
    texts = 0
    answers = _forget_answers(session, case, {field for field, kept in filing.answers.items() if kept == key})
    files = _remove_files(
        session.scalars(sa.select(Attachment).where(Attachment.case_id == case.id)).all(), session, filing, key
    )
    if filing.of_place == key:
        answers += int(case.place is not None)
        case.place = None
    if filing.of_calls == key:
        texts += _delete(session, CaseCall, case)
    if filing.own == key:
        texts += _empty(session, case, at=at)
    return Removed(cases=1, answers=answers, texts=texts, files=files)


def _forget_answers(session: Session, case: Case, fields: Collection[str]) -> int:
    """Drop answers, also from what they were before supplements; returns how many of the last ones."""
    answers: dict[str, Any] = orjson.loads(case.answers)
    for revision in session.scalars(sa.select(CaseRevision).where(CaseRevision.case_id == case.id)):
        revision.answers = _without(orjson.loads(revision.answers), fields)
    case.answers = _without(answers, fields)
    return len(answers.keys() & set(fields))


def _without(answers: dict[str, Any], fields: Collection[str]) -> str:
    return orjson.dumps({key: answer for key, answer in answers.items() if key not in fields}).decode()


def _remove_files(attachments: Iterable[Attachment], session: Session, filing: Filing, key: str) -> int:
    going = [one for one in attachments if filing.of_file(one.media_type) == key]
    for attachment in going:
        storage().delete(attachment.storage_key)
        if storage().has(attachment.storage_key):
            raise FileLeftError(str(attachment.id))
        session.delete(attachment)
    return len(going)


def _empty(session: Session, case: Case, *, at: datetime) -> int:
    """Take away all that is personal: words, who asked, the key to it. Number, state, times and counts stay."""
    texts = sum(_delete(session, model, case) for model in (CaseMessage, CaseNote, CasePublication, CasePaper))
    talks = sa.select(CaseAssignment.id).where(CaseAssignment.case_id == case.id)
    talk = sa.delete(CaseTalk).where(CaseTalk.assignment_id.in_(talks)).returning(CaseTalk.id)
    texts += len(session.scalars(talk).all())
    _delete(session, CaseRevision, case)
    texts += len(
        session.scalars(
            sa.update(CaseProposal).where(CaseProposal.case_id == case.id).values(text="").returning(CaseProposal.id)
        ).all()
    )
    texts += len(
        session.scalars(
            sa.update(CaseRating)
            .where(CaseRating.case_id == case.id, CaseRating.comment.is_not(None))
            .values(comment=None)
            .returning(CaseRating.round)
        ).all()
    )
    texts += _forget_exchange(session, case)
    session.execute(
        sa.update(CaseProxy).where(CaseProxy.case_id == case.id).values(name=None, phone=None, phone_hmac=None)
    )
    texts += forget_reasons(owner_kind=OwnerKind.CASE, owner_id=case.id)
    # Where it counts in the figures was known through its worker.
    case.union_id = case.union_id or home_of(case)
    case.answers, case.place, case.consents = "{}", None, []
    case.worker_id, case.secret_digest, case.emptied_at = None, None, at
    return texts


def _forget_exchange(session: Session, case: Case) -> int:
    """What was exchanged with 12345: their number too, which leads to whoever called there."""
    theirs = sa.select(CaseExchange.id).where(CaseExchange.case_id == case.id).scalar_subquery()
    texts = session.scalars(
        sa.update(ExchangeMessage)
        .where(ExchangeMessage.exchange_id == theirs)
        .values(text=None, facts=None)
        .returning(ExchangeMessage.id)
    ).all()
    session.execute(
        sa.update(CaseExchange)
        .where(CaseExchange.case_id == case.id)
        .values(their_no=None, said=None, caller_name=None, caller_phone=None)
    )
    return len(texts)


def _delete(session: Session, model: Any, case: Case) -> int:
    return len(session.scalars(sa.delete(model).where(model.case_id == case.id).returning(model.id)).all())


class Due(Struct, frozen=True):
    """How much the purge would look at now."""

    waiting: int
    held: int


def waiting(*, at: datetime) -> Due:
    """Ended cases of which something has run out, and cases that are held."""
    with transaction() as session:
        open_ = CaseRetention.held_at.is_(None)
        count = sa.select(
            sa.func.count().filter(open_, CaseRetention.due_at <= at),
            sa.func.count().filter(~open_),
        ).select_from(CaseRetention)
        return Due(*session.execute(count).one())

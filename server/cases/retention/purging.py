"""The nightly purge: what has run out is removed, batch by batch, and leaves a receipt.

A batch is one transaction, receipts included. In it, what is alike (cases of one service of which the same has run out)
goes together, so that a batch takes a few dozen statements however many cases it has. A case of which a file cannot be
removed stays as it was, and the run goes on without it. A run that was killed has lost at most the batch it was in the
middle of; its files may be gone already, which the next run, finding their rows, counts and writes down.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
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
from server.cases.homes import home_of_case
from server.cases.models import Case, CaseMessage, CaseNote, CaseProposal, CaseRating, CaseRevision
from server.cases.papers.models import CasePaper
from server.cases.proxies.models import CaseProxy
from server.cases.retention.classes import RetentionRules, retention_rules
from server.cases.retention.filing import Filing, filing_of
from server.cases.retention.models import CaseRetention
from server.cases.retention.receipts import Removed, write_receipts
from server.clocks.changes import forget_reasons
from server.clocks.models import OwnerKind
from server.core.clock import day_of
from server.core.db import transaction
from server.core.storage import storage

AT_ONCE = 200
"""Cases in one transaction."""
TOO_MANY_LEFT = 100
"""So many files that stay are no accident: the storage does not work, and the run ends."""

Place = tuple[datetime, uuid.UUID]
"""Where a run has got to: `due_at` and case. It goes forward only, past what stays or is in somebody's hands."""


class FileLeftError(Exception):
    """A file that had to go is still there."""


class Alike(Struct, frozen=True):
    """Cases that are filed the same way and of which the same has run out."""

    filing: Filing
    over: frozenset[str]
    """The classes that go now."""
    rows: list[tuple[CaseRetention, Case]]


class Batch(Struct, frozen=True):
    """What came of one batch."""

    done: Counter[str]
    """Cases by class."""
    left: Sequence[uuid.UUID]
    """Files that stayed, and with them their cases."""
    last: Place


def purge(*, at: datetime, at_once: int = AT_ONCE) -> Counter[str]:
    """Remove everything whose time is over.

    Returns:
        cases by class.

    Raises:
        FileLeftError: files cannot be removed; their cases are left as they were, and everything else is done, unless
            there are too many of them.
    """
    rules = retention_rules()
    done: Counter[str] = Counter()
    left: list[uuid.UUID] = []
    after: Place | None = None
    while len(left) < TOO_MANY_LEFT and (batch := _purge_batch(rules, at=at, at_once=at_once, after=after)) is not None:
        done.update(batch.done)
        left += batch.left
        after = batch.last
    if left:
        raise FileLeftError(", ".join(map(str, left)))
    return done


def _purge_batch(rules: RetentionRules, *, at: datetime, at_once: int, after: Place | None) -> Batch | None:
    """The next cases; None when there are none. Those that somebody works on are left for the next night."""
    with transaction() as session:
        looked_at = sa.or_(CaseRetention.due_at <= at, CaseRetention.rules_version < rules.version)
        statement = (
            sa.select(CaseRetention, Case)
            .join(Case, Case.id == CaseRetention.case_id)
            .where(CaseRetention.due_at.is_not(None), CaseRetention.held_at.is_(None), looked_at)
        )
        if after is not None:
            statement = statement.where(sa.tuple_(CaseRetention.due_at, CaseRetention.case_id) > after)
        rows = session.execute(
            statement.order_by(CaseRetention.due_at, CaseRetention.case_id)
            .limit(at_once)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()
        if not rows:
            return None
        kept = rows[-1][0]
        assert kept.due_at is not None, "asked for"
        last = (kept.due_at, kept.case_id)
        removed: dict[str, Removed] = {}
        left: list[uuid.UUID] = []
        for alike in _alike([(one[0], one[1]) for one in rows], rules, at=at):
            with session.no_autoflush:
                files = _remove_files(session, alike)
                left += files.left.values()
                for key, one in _purge_alike(session, alike, files, rules, at=at).items():
                    removed[key] = removed.get(key, Removed()).plus(one)
        write_receipts(session, removed, rules_version=rules.version, at=at)
        return Batch(Counter({key: one.cases for key, one in removed.items()}), left, last)


def _alike(rows: Sequence[tuple[CaseRetention, Case]], rules: RetentionRules, *, at: datetime) -> Iterator[Alike]:
    found: dict[tuple[str, int, frozenset[str]], Alike] = {}
    for kept, case in rows:
        assert kept.ended_at is not None, "what is due has ended"
        filing = filing_of(version_of(case.service, case.service_version), rules)
        over = frozenset(filing.run_out(ended_at=kept.ended_at, at=at) - set(kept.purged))
        alike = found.setdefault((case.service, case.service_version, over), Alike(filing, over, []))
        alike.rows.append((kept, case))
    yield from found.values()


class Files(Struct, frozen=True):
    """What became of the files that had to go."""

    gone: Counter[str]
    """By class."""
    left: Mapping[uuid.UUID, uuid.UUID]
    """A file that stayed, by case: of such a case nothing is removed in this run."""


def _remove_files(session: Session, alike: Alike) -> Files:
    found = session.execute(
        sa.select(
            Attachment.id, Attachment.case_id, Attachment.media_type, Attachment.field, Attachment.storage_key
        ).where(Attachment.case_id.in_([case.id for _, case in alike.rows]))
    ).all()
    going = [one for one in found if alike.filing.of_file(one.media_type, one.field) in alike.over]
    left: dict[uuid.UUID, uuid.UUID] = {}
    for one in going:
        storage().delete(one.storage_key)
        if storage().has(one.storage_key):
            left[one.case_id] = one.id
    gone = [one for one in going if one.case_id not in left]
    session.execute(sa.delete(Attachment).where(Attachment.id.in_([one.id for one in gone])))
    return Files(Counter(alike.filing.of_file(one.media_type, one.field) for one in gone), left)


def _purge_alike(
    session: Session, alike: Alike, files: Files, rules: RetentionRules, *, at: datetime
) -> dict[str, Removed]:
    """Remove what has run out of locked cases, but of those of which a file stayed: how much, by class."""
    filing, over = alike.filing, alike.over
    rows = [(kept, case) for kept, case in alike.rows if case.id not in files.left]
    cases = [case for _, case in rows]
    answers = _forget_answers(session, cases, {field: key for field, key in filing.answers.items() if key in over})
    texts: Counter[str] = Counter()
    day = day_of(at).isoformat()
    if filing.of_place in over:
        answers[filing.of_place] += sum(case.place is not None for case in cases)
        for case in cases:
            case.place = None
    if filing.of_calls in over:
        texts[filing.of_calls] += _delete(session, CaseCall, cases)
    if filing.own in over:
        texts[filing.own] += _empty(session, cases, at=at)
    for kept, _ in rows:
        assert kept.ended_at is not None, "what is due has ended"
        kept.purged = {**kept.purged, **dict.fromkeys(sorted(over), day)}
        kept.due_at = filing.next_due(ended_at=kept.ended_at, purged=kept.purged)
        kept.rules_version = rules.version
    return {key: Removed(len(cases), answers[key], texts[key], files.gone[key]) for key in over}


def _forget_answers(session: Session, cases: Sequence[Case], going: Mapping[str, str]) -> Counter[str]:
    """Drop answers, also from what they were before supplements; returns how many of the last ones, by class.

    Args:
        going: class by field.
    """
    for revision in session.scalars(sa.select(CaseRevision).where(CaseRevision.case_id.in_(_ids(cases)))):
        revision.answers = _without(orjson.loads(revision.answers), going.keys())
    gone: Counter[str] = Counter()
    for case in cases:
        answers: dict[str, Any] = orjson.loads(case.answers)
        gone.update(going[field] for field in answers.keys() & going.keys())
        case.answers = _without(answers, going.keys())
    return gone


def _without(answers: dict[str, Any], fields: Collection[str]) -> str:
    return orjson.dumps({key: answer for key, answer in answers.items() if key not in fields}).decode()


def _empty(session: Session, cases: Sequence[Case], *, at: datetime) -> int:
    """Take away all that is personal: words, who asked, the key to it. Number, state, times and counts stay."""
    these = _ids(cases)
    texts = sum(_delete(session, model, cases) for model in (CaseMessage, CaseNote, CasePublication, CasePaper))
    talks = sa.select(CaseAssignment.id).where(CaseAssignment.case_id.in_(these))
    talk = sa.delete(CaseTalk).where(CaseTalk.assignment_id.in_(talks)).returning(CaseTalk.id)
    texts += len(session.scalars(talk).all())
    _delete(session, CaseRevision, cases)
    texts += len(
        session.scalars(
            sa.update(CaseProposal).where(CaseProposal.case_id.in_(these)).values(text="").returning(CaseProposal.id)
        ).all()
    )
    texts += len(
        session.scalars(
            sa.update(CaseRating)
            .where(CaseRating.case_id.in_(these), CaseRating.comment.is_not(None))
            .values(comment=None)
            .returning(CaseRating.round)
        ).all()
    )
    texts += _forget_exchange(session, these)
    session.execute(
        sa.update(CaseProxy)
        .where(CaseProxy.case_id.in_(these))
        .values(name=None, phone=None, phone_hmac=None, paper=None)
    )
    texts += forget_reasons(owner_kind=OwnerKind.CASE, owner_ids=these)
    # Where they count in the figures was known through their workers.
    session.execute(
        sa.update(Case)
        .where(Case.id.in_(these), Case.union_id.is_(None))
        .values(union_id=home_of_case())
        .execution_options(synchronize_session=False)
    )
    # Nothing leads from an emptied case to whose it was.
    session.execute(
        sa.update(Case)
        .where(sa.or_(Case.carried_from_id.in_(these), Case.id.in_(these)), Case.carried_from_id.is_not(None))
        .values(carried_from_id=None)
        .execution_options(synchronize_session=False)
    )
    # Nothing leads to a case of which nothing is left, nor from it.
    session.execute(
        sa.update(Case)
        .where(sa.or_(Case.opened_from_id.in_(these), Case.id.in_(these)), Case.opened_from_id.is_not(None))
        .values(opened_from_id=None)
        .execution_options(synchronize_session=False)
    )
    for case in cases:
        case.answers, case.place, case.consents = "{}", None, []
        case.worker_id, case.secret_digest, case.emptied_at = None, None, at
    return texts


def _forget_exchange(session: Session, these: Collection[uuid.UUID]) -> int:
    """What was exchanged with 12345: their number too, which leads to whoever called there."""
    theirs = sa.select(CaseExchange.id).where(CaseExchange.case_id.in_(these))
    texts = session.scalars(
        sa.update(ExchangeMessage)
        .where(ExchangeMessage.exchange_id.in_(theirs))
        .values(text=None, facts=None, files=None)
        .returning(ExchangeMessage.id)
    ).all()
    session.execute(
        sa.update(CaseExchange)
        .where(CaseExchange.case_id.in_(these))
        .values(their_no=None, said=None, caller_name=None, caller_phone=None)
    )
    return len(texts)


def _ids(cases: Sequence[Case]) -> list[uuid.UUID]:
    return [case.id for case in cases]


def _delete(session: Session, model: Any, cases: Sequence[Case]) -> int:
    return len(session.scalars(sa.delete(model).where(model.case_id.in_(_ids(cases))).returning(model.id)).all())


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

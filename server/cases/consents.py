"""A consent that was taken back while cases are under way: what was kept only because of it goes, staff are told."""

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.catalogue import version_of
from server.cases.locking import lock
from server.cases.models import Case, CaseRevision
from server.cases.steps import WORKER, moment, write_message
from server.cases.vocabulary import Phase
from server.core import audit
from server.core.db import transaction
from server.identity.consents import consent_texts
from server.identity.models import ConsentKey

NOT_OF_A_CASE = {ConsentKey.TERMS, ConsentKey.IDENTITY, ConsentKey.CONTACT, ConsentKey.TRUTH}
"""Staff need no word about them: the account itself changes, or nothing can."""
ENDED = (Phase.DONE, Phase.WITHDRAWN, Phase.LAPSED)


def on_consent_withdrawn(_sender: Any, *, worker_id: Any, key: str) -> None:
    """Receiver of the signal, inside the transaction of the withdrawal."""
    consent = ConsentKey(key)
    if consent in NOT_OF_A_CASE:
        return
    with transaction() as session:
        if consent is ConsentKey.LOCATION:
            session.execute(sa.update(Case).where(Case.worker_id == worker_id).values(place=None))
            _forget_measured(session, worker_id)
        under_way = sa.select(Case.no).where(
            Case.worker_id == worker_id,
            Case.phase.not_in(ENDED),
            Case.consents.contains([{"key": consent.value}]),
        )
        # In one order, so that two withdrawals at the same moment do not wait for each other crosswise.
        for no in session.scalars(under_way.order_by(Case.id)).all():
            _say(no, f"我不再同意《{consent_texts()[consent].title}》。")


def _forget_measured(session: Session, worker_id: Any) -> None:
    """Take the places that the phone measured out of the answers, and out of what they were before."""
    located = Case.consents.contains([{"key": ConsentKey.LOCATION.value}])
    for case in session.scalars(sa.select(Case).where(Case.worker_id == worker_id, located).order_by(Case.id)).all():
        form = version_of(case.service, case.service_version).form
        earlier = session.scalars(sa.select(CaseRevision).where(CaseRevision.case_id == case.id)).all()
        rows: list[Case | CaseRevision] = [case, *earlier]
        for row in rows:
            answers: dict[str, Any] = orjson.loads(row.answers)
            measured = form.measured(answers)
            if measured:
                row.answers = orjson.dumps({key: one for key, one in answers.items() if key not in measured}).decode()


def _say(no: str, words: str) -> None:
    case, _ = lock(no=no)
    at = moment(case)
    write_message(case, by=WORKER, text=words, at=at)
    case.version += 1
    case.updated_at = at
    audit.record(
        actor=f"worker:{case.worker_id}", action="case.consent_withdrawn", subject_kind="case", subject_id=case.id
    )

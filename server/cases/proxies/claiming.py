"""Taking over what was typed for one, by its number and the phone that was given; and what a station typed today."""

import hmac
import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from server.cases.asking import refuse_for_whom_it_is_not
from server.cases.catalogue import version_of
from server.cases.models import Case
from server.cases.proxies.models import CaseProxy
from server.cases.ratings import ask_now_that_there_is_an_account
from server.cases.under_way import refuse_beside_own
from server.core import audit
from server.core.clock import midnight, now, today
from server.core.crypto import keyed_hmacs
from server.core.db import db, transaction
from server.core.errors import not_found
from server.identity.consents import GivenConsent, record_consents
from server.identity.models import PHONE, ConsentKey
from server.identity.service import get_worker


class TypedToday(Struct, frozen=True):
    """A case that was typed in a station today: what its manager may still see of it."""

    no: str
    service_name: str
    state_name: str
    at: datetime
    claimed: bool


def claim(*, no: str, worker_id: uuid.UUID) -> None:
    """Make a case the worker's own that was typed for the phone they signed in with. Again is harmless.

    Raises:
        Problem: 404 for any other case, and for a number that does not exist; 409 for whom the service is not for by
            now, and `under_way`, with the number as `no`, for whoever has one of their own where there is one at a
            time.
    """
    with transaction() as session:
        row = session.execute(
            sa.select(Case, CaseProxy)
            .join(CaseProxy, CaseProxy.case_id == Case.id)
            .where(Case.no == no)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
        worker = get_worker(session, worker_id)
        candidates = keyed_hmacs(worker.phone, purpose=PHONE) if worker.phone else []
        if row is None:
            raise not_found()
        case, proxy = row
        if case.worker_id is not None:
            if case.worker_id != worker_id:
                raise not_found()
            return
        given_phone = proxy.phone_hmac
        if given_phone is None or not any(hmac.compare_digest(given_phone, one) for one in candidates):
            raise not_found()
        service = version_of(case.service, case.service_version)
        refuse_for_whom_it_is_not(session, service, worker_id)
        refuse_beside_own(session, service, worker_id)
        case.worker_id, case.secret_digest = worker_id, None
        case.version += 1
        proxy.claimed_at = now()
        # From here on their account says who they are.
        proxy.name = proxy.phone = proxy.phone_hmac = proxy.paper = None
        given = [GivenConsent(ConsentKey(one["key"]), one["version"]) for one in case.consents]
        record_consents(worker_id=worker_id, given=given)
        ask_now_that_there_is_an_account(case, at=proxy.claimed_at)
        audit.record(actor=f"worker:{worker_id}", action="case.claim", subject_kind="case", subject_id=case.id)


def typed_today(*, station_code: str) -> Sequence[TypedToday]:
    """What was typed in a station today, the newest first."""
    rows = db.session.execute(
        sa.select(Case, CaseProxy)
        .join(CaseProxy, CaseProxy.case_id == Case.id)
        .where(CaseProxy.station_code == station_code, CaseProxy.at >= midnight(today()))
        .order_by(CaseProxy.at.desc())
    )
    return [
        TypedToday(
            no=case.no,
            service_name=service.name,
            state_name=service.machine.states[case.state].name,
            at=proxy.at,
            claimed=proxy.claimed_at is not None,
        )
        for case, proxy in rows
        for service in [version_of(case.service, case.service_version)]
    ]


def proxy_of(case_id: uuid.UUID) -> CaseProxy | None:
    """Who typed a case that somebody may read already."""
    return db.session.get(CaseProxy, case_id)

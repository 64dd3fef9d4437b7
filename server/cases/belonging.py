"""What a change of membership does to cases: they stay with the union that had them, and what it decides is over. Who
works for somebody that has died is told. What lies with no union, since its worker is nobody's member, is given to one.
"""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog

from server.cases.capabilities.registry import changes_membership
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.handlers import tell_handler_or_desk
from server.cases.homes import home_of_case
from server.cases.locking import lock_all_of
from server.cases.models import Case
from server.cases.routing import Destination
from server.cases.sending import send
from server.cases.standing_in import whom_to_tell
from server.cases.steps import SYSTEM, make, moment, position_of
from server.cases.telling import write_in_timeline
from server.cases.vocabulary import OVER, IdentityMode, Occasion, Urgency
from server.core import audit
from server.core.clock import day_of, now
from server.core.db import db, transaction
from server.core.settings import settings
from server.notices.models import StaffNotice
from server.notices.staff import PLACED, tell_staff
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.service import union_of
from server.unions.staff.authority import UPPER

log = structlog.get_logger(__name__)

BATCH = 200
UNPLACED = (
    "还没有区总工会，也没有市总工会：不是会员的人的事没有归任何工会，谁也看不到。请先建好，再运行 flask case place"
)


def on_membership_changed(_sender: Any, *, worker_id: uuid.UUID) -> None:
    """Receiver of the signal, inside the transaction of the change and before it."""
    session = db.session()
    lock_all_of(worker_id)
    home = union_of(session, worker_id)
    if home is not None:
        # 首接负责: whoever answered for a case goes on with it, also when its worker is nobody's member any more.
        session.execute(
            sa.update(Case)
            .where(Case.worker_id == worker_id, Case.union_id.is_(None), ~Case.away_from_home)
            .values(union_id=home.id)
        )
    for case in session.scalars(
        sa.select(Case)
        .where(Case.worker_id == worker_id, Case.phase.not_in(OVER))
        .order_by(Case.id)
        .execution_options(populate_existing=True)
    ).all():
        service = version_of(case.service, case.service_version)
        step = service.machine.by_occasion(position_of(case), Occasion.MEMBERSHIP_CHANGES, mode=case.identity_mode)
        if step is not None:
            make(case, service, step, by=SYSTEM, at=moment(case))


def place_nobodys() -> int:
    """Give what lies nowhere, because its worker is nobody's member, to the union that has such cases.

    New ones are placed when they are opened. Of each the audit keeps that it was, and of what is not over its worker
    and whoever has it now are told. Reads every case. Can be stopped at any moment and begun again.

    Returns:
        how many.
    """
    count, last = 0, uuid.UUID(int=0)
    rung: set[uuid.UUID] = set()
    while True:
        with transaction() as session:
            cases = session.scalars(
                sa.select(Case)
                .where(Case.id > last, Case.union_id.is_(None), home_of_case().is_(None))
                .order_by(Case.id)
                .limit(BATCH)
                .with_for_update(key_share=True, skip_locked=True)
            ).all()
            for case in cases:
                if _place(case, rung):
                    count += 1
                else:
                    log.error("case_lies_with_nobody", case_id=str(case.id))
        if len(cases) < BATCH:
            return count
        last = cases[-1].id


def _place(case: Case, rung: set[uuid.UUID]) -> bool:
    """Give one to a union; returns whether there is any for it.

    Args:
        rung: unions whose desk got an SMS of what is urgent by this run, which one is enough for; added to. What
            somebody has in hand rings nobody, and does not stand for what nobody has.
    """
    service = version_of(case.service, case.service_version)
    send(case, service, Destination(None))
    if case.union_id is None:
        return False
    audit.record(actor=audit.SYSTEM, action="case.placed", subject_kind="case", subject_id=case.id, detail={})
    if case.phase not in OVER:
        at = moment(case)
        write_in_timeline(case, code="placed", what="定下了由哪个工会负责", at=at)
        text = f"{case.no}（{service.name}）以前没有定归哪个工会，现在归你们负责，请看看办到哪了"
        by_sms = case.urgency is Urgency.URGENT and case.union_id not in rung and whom_to_tell(case) is None
        if by_sms:
            rung.add(case.union_id)
        tell_handler_or_desk(case, kind=PLACED, text=text, at=at, by_sms=by_sms)
    return True


def warnings_of_unplaced() -> list[str]:
    """For /status in production: there is no union to give cases to that no rule places, so that nobody sees them."""
    if not settings().production:
        return []
    # The cases themselves are not counted: most have no office of their own, being with their worker's union.
    there = sa.exists().where(TradeUnion.kind.in_(UPPER))
    return [] if db.session.scalar(sa.select(there)) else [UNPLACED]


def on_member_died(_sender: Any, *, worker_id: uuid.UUID) -> None:
    """Receiver of the signal, with the cases locked: what is under way stays, since heirs may go on with it."""
    at = now()
    for case in db.session.scalars(
        sa.select(Case).where(Case.worker_id == worker_id, Case.phase.not_in(OVER)).order_by(Case.id)
    ):
        service = version_of(case.service, case.service_version)
        # Those are over by it, or decided it.
        if not changes_membership(service):
            tell_staff(_news_of_death(case, service, at=at), by_sms=False, urgent=False)


def _news_of_death(case: Case, service: Service, *, at: datetime) -> list[StaffNotice]:
    known = roster() if service.firm_side else roster().without_firms()
    handler = whom_to_tell(case)
    on_duty = known.on_duty(DutyKind.DESK, union_id=case.union_id, day=day_of(at))
    told: list[str | None] = [handler] if handler is not None else [*on_duty] or [None]
    # How few have died would tell who somebody is that nobody may know.
    named = case.identity_mode is IdentityMode.NAMED
    happened = "工友登记为已经去世" if named else "工友的账号停用了"
    text = f"{case.no}（{service.name}）{happened}，消息发不到了。不要再打给本人；没办完的，看看家属接不接着办"
    return [
        StaffNotice(staff_no=number, kind="case.member_died", text=text, link=f"/cases/{case.no}", created_at=at)
        for number in told
    ]

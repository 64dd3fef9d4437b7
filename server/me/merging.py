"""Two accounts of one person become one: everything of the account that goes moves to the one that stays.

What both have and one may have only once is settled by the domain it belongs to: seats, memberships, consents. The
account that goes stays as an empty row that points to the other one, since the audit log names it.
"""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.cases.files.models import Attachment, Upload
from server.cases.models import Case
from server.core.access import Level
from server.core.db import transaction
from server.identity import consents, desk, pins
from server.identity.models import DeskRequest, LoginSession, VerificationAttempt, WeChatLogin, Worker
from server.identity.personal import IDENTITY, PHONE
from server.identity.sessions import outdate_sessions_of
from server.me import corrections
from server.me.closing import call_off
from server.notices import grants
from server.notices.models import Delivery, Notice
from server.seats.service import hand_over
from server.stations.managers.models import ManagerCode, StationManager, WrongManagerCode
from server.unions import service as unions
from server.unions.lists.models import MembershipInvitation

MOVED: tuple[InstrumentedAttribute[uuid.UUID] | InstrumentedAttribute[uuid.UUID | None], ...] = (
    WeChatLogin.worker_id,
    LoginSession.worker_id,
    VerificationAttempt.worker_id,
    DeskRequest.worker_id,
    Notice.worker_id,
    Delivery.worker_id,
    StationManager.worker_id,
    ManagerCode.used_by,
    WrongManagerCode.worker_id,
    Case.worker_id,
    Attachment.owner_worker_id,
    Upload.owner_worker_id,
    MembershipInvitation.worker_id,
)
"""Columns that name a worker and are simply given the other one, once what must be there only once is settled."""


def merge(*, keep: Worker, gone: Worker, by: str) -> None:
    """Move everything of `gone` to `keep`, inside the caller's transaction, with both rows locked.

    At most one of them holds an identity number; whichever it is, it is the one account's afterwards. `by` is who
    confirmed it, as in the audit.
    """
    with transaction() as session:
        # Sessions of both: the tokens of one open the other from now on.
        outdate_sessions_of(worker_id=gone.id)
        outdate_sessions_of(worker_id=keep.id)
        _end_step_ups(session, keep.id, gone.id)
        _settle_requests(session, keep, gone)
        _settle_once_only(session, keep.id, gone.id, by=by)
        for column in MOVED:
            session.execute(sa.update(column.class_).where(column == gone.id).values({column.key: keep.id}))
        level, group = max(keep.level, gone.level), keep.worker_group or gone.worker_group
        _move(session, keep, gone, IDENTITY, has=gone.id_number_hmac is not None)
        _move(session, keep, gone, PHONE, has=keep.phone is None and gone.phone is not None)
        keep.level, gone.level = level, Level.L0
        keep.worker_group = group
        keep.may_share_with = max(keep.may_share_with or 0, gone.may_share_with or 0) or None
        gone.merged_into = keep.id
        session.flush()


def _end_step_ups(session: Session, *worker_ids: uuid.UUID) -> None:
    """Who proved to hold one account's phone has not proved to hold the other's."""
    session.execute(sa.update(LoginSession).where(LoginSession.worker_id.in_(worker_ids)).values(stepped_up_until=None))


def _settle_requests(session: Session, keep: Worker, gone: Worker) -> None:
    """One request waits at most, and none once the number is known."""
    verified = keep.id_number_hmac is not None or gone.id_number_hmac is not None
    if verified:
        desk.withdraw(session, worker_id=keep.id)
    if verified or desk.open_request_of(session, keep.id) is not None:
        desk.withdraw(session, worker_id=gone.id)


def _settle_once_only(session: Session, keep_id: uuid.UUID, gone_id: uuid.UUID, *, by: str) -> None:
    for worker_id in (keep_id, gone_id):
        # Whoever joins two accounts wants to keep what comes of it.
        call_off(worker_id=worker_id)
    corrections.hand_over(session, old=gone_id, new=keep_id)
    consents.hand_over(session, old=gone_id, new=keep_id)
    pins.hand_over(session, old=gone_id, new=keep_id)
    _settle_logins(session, keep_id, gone_id)
    grants.hand_over(session, old=gone_id, new=keep_id)
    unions.hand_over(session, old=gone_id, new=keep_id, actor=by)
    hand_over(session, old=gone_id, new=keep_id)
    kept_stations = sa.select(StationManager.station_id).where(
        StationManager.worker_id == keep_id, StationManager.revoked_at.is_(None)
    )
    session.execute(
        sa.delete(StationManager).where(
            StationManager.worker_id == gone_id,
            StationManager.revoked_at.is_(None),
            StationManager.station_id.in_(kept_stations),
        )
    )


def _settle_logins(session: Session, keep_id: uuid.UUID, gone_id: uuid.UUID) -> None:
    """A WeChat account that opened both opens the one account once."""
    logins = sa.select(WeChatLogin).where(WeChatLogin.worker_id.in_([keep_id, gone_id]))
    both = session.scalars(logins).all()
    kept = {login.openid: login for login in both if login.worker_id == keep_id}
    for login in both:
        same = kept.get(login.openid)
        if login.worker_id == gone_id and same is not None:
            same.used_at = max(same.used_at, login.used_at)
            session.execute(
                sa.update(LoginSession).where(LoginSession.wechat_login_id == login.id).values(wechat_login_id=same.id)
            )
            session.delete(login)
    session.flush()


def _move(session: Session, keep: Worker, gone: Worker, names: tuple[str, ...], *, has: bool) -> None:
    """Take values from one row before the other gets them: the number is unique."""
    values = {name: getattr(gone, name) for name in names}
    for name in names:
        setattr(gone, name, None)
    session.flush()
    if has:
        for name, value in values.items():
            setattr(keep, name, value)

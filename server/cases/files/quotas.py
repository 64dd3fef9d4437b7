"""How much one sender may send, and what is left of it. Whoever is refused is told what to do.

Workers are counted in PostgreSQL. Who is not signed in is counted by the address's digest of the day, in Redis only, as
all limits are: while it is away the hourly limit of `api` holds, in memory.
"""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from server.cases.files.content import MEGABYTE
from server.cases.files.models import Attachment, Upload
from server.core.clock import midnight, now, today
from server.core.db import db
from server.core.errors import too_many, unprocessable
from server.core.limits import Allowance, address_key

KEPT = timedelta(hours=24)
"""How long an upload waits for a case."""


class Quota(Struct, frozen=True):
    """So many files, and so many bytes in all of them."""

    files: int
    bytes: int


class Left(Struct, frozen=True):
    """What can still be sent today."""

    files: int
    bytes: int


OF_A_DAY = Quota(60, 200 * MEGABYTE)
"""Of one worker, whatever became of it."""
UNUSED = Quota(30, 100 * MEGABYTE)
"""Of one worker, sent and not handed in with anything yet."""
OF_AN_ADDRESS = Quota(200, 400 * MEGABYTE)
"""Of one day and everybody without a token; behind an address may be a whole station."""
OF_A_CASE = Quota(60, 300 * MEGABYTE)

_GUEST_FILES = Allowance("files", f"{OF_AN_ADDRESS.files}/day")
_GUEST_MEGABYTES = Allowance("megabytes", f"{OF_AN_ADDRESS.bytes // MEGABYTE}/day")


class _Spent(Struct, frozen=True):
    """What a worker has sent."""

    today: Quota
    unused: Quota
    oldest_unused: datetime | None

    @property
    def left(self) -> Left:
        return Left(max(0, OF_A_DAY.files - self.today.files), max(0, OF_A_DAY.bytes - self.today.bytes))


def take_of_worker(worker_id: uuid.UUID, size: int) -> Left:
    """Count one more file of a worker, inside the transaction that stores it.

    Raises:
        Problem: 429 saying when there is room again.
    """
    # Uploads of one worker at the same moment count one after the other.
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"upload:{worker_id}", 0))))
    spent = _spent(worker_id)
    if _full(spent.today, size, OF_A_DAY):
        raise too_many(
            retry_after=int((midnight(today() + timedelta(days=1)) - now()).total_seconds()),
            title=f"今天传的文件太多了（一天最多 {_spoken(OF_A_DAY)}），已经传的都还在，请明天再传",
        )
    if _full(spent.unused, size, UNUSED):
        oldest = spent.oldest_unused or now()
        raise too_many(
            retry_after=int((oldest + KEPT - now()).total_seconds()),
            title=f"传了还没用上的文件太多了（最多 {_spoken(UNUSED)}）：请先提交，或等它们满一天自动删掉再传",
        )
    return Left(spent.left.files - 1, spent.left.bytes - size)


def left_of_worker(worker_id: uuid.UUID) -> Left:
    """What a worker can still send today."""
    return _spent(worker_id).left


def take_of_guest(size: int) -> Left:
    """Count one more file of who is not signed in.

    Raises:
        Problem: 429 saying when there is room again.
    """
    key = address_key()
    megabytes = -(-size // MEGABYTE)
    for allowance, amount in ((_GUEST_FILES, 1), (_GUEST_MEGABYTES, megabytes)):
        wait = allowance.take(key, amount)
        if wait:
            raise too_many(
                retry_after=wait,
                title=f"这个网络今天传的文件太多了（一天最多 {_spoken(OF_AN_ADDRESS)}），请换手机流量，或登录后再传",
            )
    return left_of_guest()


def left_of_guest() -> Left:
    """What can still be sent today from this address."""
    key = address_key()
    return Left(_GUEST_FILES.left(key), _GUEST_MEGABYTES.left(key) * MEGABYTE)


def check_of_case(had: Quota, more: Quota) -> None:
    """Whether a case or a verification that has so much can take so much more.

    Raises:
        Problem: 422 saying how much it can take.
    """
    if had.files + more.files > OF_A_CASE.files or had.bytes + more.bytes > OF_A_CASE.bytes:
        room = Quota(max(0, OF_A_CASE.files - had.files), max(0, OF_A_CASE.bytes - had.bytes))
        raise unprocessable(
            {"attachments": [f"一件事最多 {_spoken(OF_A_CASE)}，这件还能加 {_spoken(room)}，请挑要紧的传"]}
        )


def _spent(worker_id: uuid.UUID) -> _Spent:
    morning, day_ago = midnight(today()), now() - KEPT
    since = min(morning, day_ago)
    sent = sa.select(Attachment.size, Attachment.created_at, Attachment.claimed_at.is_(None).label("unused")).where(
        Attachment.owner_worker_id == worker_id, Attachment.created_at > since
    )
    on_its_way = sa.select(Upload.size, Upload.created_at, sa.true()).where(
        Upload.owner_worker_id == worker_id, Upload.attachment_id.is_(None), Upload.created_at > since
    )
    file = sa.union_all(sent, on_its_way).subquery().c
    of_today, unused = file.created_at >= morning, sa.and_(file.unused, file.created_at > day_ago)

    def counted(which: sa.ColumnElement[bool]) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
        return sa.func.count().filter(which), sa.func.coalesce(sa.func.sum(file.size).filter(which), 0)

    row = db.session.execute(
        sa.select(*counted(of_today), *counted(unused), sa.func.min(file.created_at).filter(unused))
    ).one()
    return _Spent(Quota(row[0], int(row[1])), Quota(row[2], int(row[3])), row[4])


def _full(spent: Quota, size: int, quota: Quota) -> bool:
    return spent.files >= quota.files or spent.bytes + size > quota.bytes


def _spoken(quota: Quota) -> str:
    return f"{quota.files} 个、共 {quota.bytes // MEGABYTE} MB"

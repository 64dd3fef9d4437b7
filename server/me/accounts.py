"""What happens to accounts at the desk: a person seen, a number given back, an account frozen, two made one.

Everything but freezing takes two members of the staff. Freezing is done by one, since it has to be quick, and undone by
two. The worker is told, and each act is recorded.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.locking import lock_all_of
from server.core import audit
from server.core.access import Level
from server.core.clock import now, today
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity import desk, paired
from server.identity.models import ActKind, PairedAct, Worker
from server.identity.service import freeze_account
from server.identity.sessions import outdate_sessions_of
from server.identity.verification import PAPER_GRACE, lower
from server.me.desk import PROFILE
from server.me.merging import merge
from server.notices.models import Notice
from server.notices.service import notify
from server.notices.worded import Worded, in_a_row, worded
from server.seats.owners import Change
from server.stations.managers.models import StationManager
from server.unions.service import revive
from server.unions.staff.authority import in_reach_of, offices_of
from server.unions.staff.vocabulary import Right

SUBJECT = "worker"
SEAT_GONE = [f"activity.{change}" for change in (Change.CANCELLED, Change.PASSED, Change.LAPSED, Change.REMOVED)]
"""Kinds of the notices of a seat, or a place on a waiting list, that somebody has no more."""
_BATCH = 500


def right_for(kind: ActKind) -> Right:
    """What a member of the staff needs to propose or confirm it."""
    return Right.VERIFICATION if kind is ActKind.SEEN else Right.CORRECTIONS


class NotPossible(Exception):
    """The account is not in a state for it; says in Chinese why."""


def propose(
    *,
    kind: ActKind,
    worker_id: uuid.UUID,
    by: str,
    other_worker_id: uuid.UUID | None = None,
    paper_valid_to: date | None = None,
) -> PairedAct:
    """First member of the staff.

    Args:
        worker_id: of a merger, the account that stays; `other_worker_id` goes.

    Raises:
        NotPossible
        ProposedAlready
    """
    with transaction():
        _check(kind, _worker(worker_id), None if other_worker_id is None else _worker(other_worker_id))
        act = paired.propose(
            kind=kind, worker_id=worker_id, by=by, other_worker_id=other_worker_id, paper_valid_to=paper_valid_to
        )
        audit.record(actor=by, action=f"account.{kind}.propose", subject_kind=SUBJECT, subject_id=worker_id)
        return act


def proposed(*, number: str) -> Sequence[PairedAct]:
    """What waits for a second person where this member of the staff has a say, the oldest first."""
    session: Session = db.session()
    return paired.proposed(session, _in_reach_of(session, number))


def read_proposed(*, number: str) -> Sequence[PairedAct]:
    """The same as a list that somebody looks at; the reading is recorded.

    Raises:
        Problem: 403 for whoever has a say nowhere.
    """
    with transaction() as session:
        offices_of(session, number=number, right=Right.VERIFICATION, or_rights={Right.CORRECTIONS})
        found = proposed(number=number)
        audit.record(
            actor=audit.staff(number), action="account.read_proposed", subject_kind=SUBJECT, detail={"acts": len(found)}
        )
        return found


def count_proposed(*, number: str) -> int:
    """How much of that there is."""
    session: Session = db.session()
    return paired.count_proposed(session, _in_reach_of(session, number))


def confirm(*, act_id: uuid.UUID, by: str) -> PairedAct:
    """Second member of the staff: what was proposed happens.

    Raises:
        NotProposed, SamePerson, NotPossible
    """
    with transaction() as session:
        act = paired.confirm(session, act_id, by=by)
        # In one order, so that two acts on the same accounts do not wait for each other crosswise.
        ids = sorted({act.worker_id, act.other_worker_id or act.worker_id})
        if act.kind is ActKind.MERGE:
            # Before the accounts and their memberships, as whoever changes a membership by a case has them.
            lock_all_of(*ids)
        locked = {
            worker.id: worker
            for worker in session.scalars(
                sa.select(Worker)
                .where(Worker.id.in_(ids))
                .order_by(Worker.id)
                .with_for_update(key_share=True)
                .execution_options(populate_existing=True)
            )
        }
        worker = locked[act.worker_id]
        other = locked[act.other_worker_id] if act.other_worker_id else None
        _check(act.kind, worker, other)
        _do(act, worker, other)
        audit.record(
            actor=by,
            action=f"account.{act.kind}",
            subject_kind=SUBJECT,
            subject_id=worker.id,
            detail={"proposed_by": act.proposed_by} | ({"other": str(other.id)} if other else {}),
        )
        return act


def drop(*, act_id: uuid.UUID, by: str) -> None:
    """Take a proposal from the table. Raises NotProposed."""
    with transaction():
        act = paired.drop(act_id=act_id, by=by)
        audit.record(actor=by, action=f"account.{act.kind}.drop", subject_kind=SUBJECT, subject_id=act.worker_id)


def freeze(*, worker_id: uuid.UUID, by: str) -> None:
    """Let nobody into an account, at once. Nothing in it is changed.

    Raises:
        NotPossible: there is no such account.
    """
    with transaction() as session:
        if not freeze_account(session, worker_id, actor=by):
            raise NotPossible("没有这个账号")


def notice_expired_papers() -> None:
    """Lower who was verified with a paper that has run out: from L3 at once, from L2 after a month; and say so."""
    last_id = uuid.UUID(int=0)
    while ids := _expired(after=last_id):
        for worker_id in ids:
            _lower_expired(worker_id)
        last_id = ids[-1]


def _check(kind: ActKind, worker: Worker, other: Worker | None) -> None:
    if worker.merged_into is not None:
        raise NotPossible("这个账号已经并到另一个账号")
    match kind:
        case ActKind.SEEN:
            if worker.level < Level.L2:
                raise NotPossible("先完成实名认证，才能当面核实")
        case ActKind.RELEASE:
            if worker.id_number_hmac is None:
                raise NotPossible("这个账号没有登记号码")
        case ActKind.UNFREEZE:
            if worker.frozen_at is None:
                raise NotPossible("这个账号没有停用")
        case ActKind.MERGE:
            if other is None or other.id == worker.id:
                raise NotPossible("合并要有两个不同的账号")
            if other.merged_into is not None:
                raise NotPossible("要并掉的账号已经并过了")
            if other.frozen_at is not None:
                # Its ways of signing in go along: whoever was shut out would be let into the account that stays.
                raise NotPossible("要并掉的账号停用着：先弄清是谁的，恢复了再合并")
            if None not in {worker.id_number_hmac, other.id_number_hmac}:
                raise NotPossible("两个账号登记了不同的号码：先弄清哪个对，取消另一个的号码，再合并")


def _do(act: PairedAct, worker: Worker, other: Worker | None) -> None:
    match act.kind:
        case ActKind.SEEN:
            worker.level = Level.L3
            worker.seen_at = now()
            worker.paper_valid_to = act.paper_valid_to
            outdate_sessions_of(worker_id=worker.id)
            _tell(worker, "account.seen", "当面核实好了", worded("要核实本人才能办的事，现在可以办了。"))
        case ActKind.RELEASE:
            desk.withdraw(db.session(), worker_id=worker.id)
            lower(worker)
            worker.name = worker.id_type = worker.id_number = worker.id_number_hmac = None
            _tell(
                worker,
                "account.released",
                "你的实名认证取消了",
                worded(
                    "你登记的证件号码，核实下来是别人的。有疑问请带证件到服务中心。账号里的事都还在，可以用自己的号码重新认证。"
                ),
            )
        case ActKind.UNFREEZE:
            gone = _given_up(db.session(), worker)
            worker.frozen_at = None
            outdate_sessions_of(worker_id=worker.id)
            revived = revive(db.session(), worker_id=worker.id, actor=act.decided_by or audit.SYSTEM)
            again = worded("账号可以照常用了。")
            if revived:
                again = worded("账号和会籍都恢复了，会员号不变。登记错了，对不起。")
            _tell(worker, "account.unfrozen", "账号恢复了", in_a_row(again, *gone))
        case ActKind.MERGE:
            assert other is not None, "checked"
            merge(keep=worker, gone=other, by=act.decided_by or audit.SYSTEM)
            _tell(
                worker,
                "account.merged",
                "两个账号合成了一个",
                worded("你的两个账号已经合在一起，两边的事、报名和消息都在这里。用原来哪种方式登录都行。"),
            )


def _in_reach_of(session: Session, number: str) -> sa.ColumnElement[bool]:
    """Acts in which this member of the staff has a say."""
    seeing = PairedAct.kind == ActKind.SEEN
    reaches = []
    for right, kinds in ((Right.VERIFICATION, seeing), (Right.CORRECTIONS, ~seeing)):
        with suppress(Problem):
            reach = in_reach_of(session, number=number, right=right, worker_id=PairedAct.worker_id)
            reaches.append(sa.and_(kinds, reach))
    return sa.or_(sa.false(), *reaches)


def _worker(worker_id: uuid.UUID) -> Worker:
    worker = db.session.get(Worker, worker_id)
    if worker is None:
        raise NotPossible("没有这个账号")
    return worker


def _given_up(session: Session, worker: Worker) -> list[Worded]:
    """What went to others while an account was frozen and does not come back with it; in words for its worker."""
    seats = session.scalar(
        sa.select(sa.func.count()).where(
            Notice.worker_id == worker.id, Notice.kind.in_(SEAT_GONE), Notice.created_at >= worker.frozen_at
        )
    )
    places = session.scalar(
        sa.select(sa.func.count()).where(
            StationManager.worker_id == worker.id, StationManager.revoked_at >= worker.frozen_at
        )
    )
    said = []
    if seats:
        lost = "你报的 {seats} 个活动，名额已经给了别人，在“消息”里能看到是哪些，还想去请再报名。"
        said.append(worded(lost, seats=seats))
    if places:
        said.append(worded("你管的 {places} 个驿站已经交给别人管，还想管请找街道工会。", places=places))
    return said


def _expired(*, after: uuid.UUID) -> list[uuid.UUID]:
    with transaction() as session:
        return list(
            session.scalars(
                sa.select(Worker.id)
                .where(
                    Worker.id > after,
                    Worker.paper_valid_to < today(),
                    sa.or_(
                        Worker.level == Level.L3,
                        sa.and_(Worker.level == Level.L2, Worker.paper_valid_to < today() - PAPER_GRACE),
                    ),
                )
                .order_by(Worker.id)
                .limit(_BATCH)
            )
        )


def _lower_expired(worker_id: uuid.UUID) -> None:
    with transaction() as session:
        worker = session.get_one(Worker, worker_id, with_for_update={"key_share": True}, populate_existing=True)
        if worker.paper_valid_to is None or worker.paper_valid_to >= today():
            return
        valid_to = worker.paper_valid_to
        last_day = valid_to + PAPER_GRACE
        if last_day < today():
            lower(worker)
            # Kept, so that the page can say why the verification ended.
            worker.paper_valid_to = valid_to
            body = worded("你登记的证件过期已经满 30 天，认证停了。请用新证件重新认证，原来的事都还在。")
        elif worker.level is Level.L3:
            lower(worker, to=Level.L2)
            body = worded(
                "你登记的证件到期了，请在{day}前用新证件重新认证。在那以前照常用，办钱的事要先换好。",
                day=_spoken(last_day),
            )
        else:
            return
        audit.record(actor="system", action="account.paper_expired", subject_kind=SUBJECT, subject_id=worker_id)
        _tell(worker, "account.paper_expired", "证件到期了", body)


def _spoken(day: date) -> str:
    day += timedelta(days=1)
    return f"{day.month} 月 {day.day} 日"


def _tell(worker: Worker, kind: str, title: str, body: Worded) -> None:
    notify(worker_id=worker.id, kind=kind, title=title, body=body, link=PROFILE)

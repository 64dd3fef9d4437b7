"""What the unions' domain tells a worker about themselves, and what of it goes with the account."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.clock import spoken_instant
from server.core.personal import Entry, Erased, Kept, Part, spoken
from server.unions.areas import areas
from server.unions.lists.models import MembershipInvitation
from server.unions.lists.vocabulary import InvitationAnswer
from server.unions.models import JoiningRecord, Membership, MembershipEvent, TradeUnion, WorkerOffice
from server.unions.service import membership_of
from server.unions.vocabulary import Employment, MembershipState

STATES = {
    MembershipState.ACTIVE: "在会",
    MembershipState.TRANSFERRING: "转会中",
    MembershipState.RETAINED: "保留会籍",
    MembershipState.LEFT: "已退会",
    MembershipState.LAPSED: "按退会处理",
    MembershipState.DECEASED: "已去世",
}
EMPLOYMENTS = {
    Employment.EMPLOYED: "单位职工",
    Employment.PLATFORM_STATION: "平台专送",
    Employment.PLATFORM_CROWD: "众包",
    Employment.OWN_TRUCK: "个体货车司机",
    Employment.RIDE_HAILING: "网约车",
    Employment.DOMESTIC: "家政",
    Employment.OTHER: "其他灵活就业",
}


ANSWERS = {
    InvitationAnswer.JOIN: "是我，愿意入会",
    InvitationAnswer.DECLINE: "是我，不想入会",
    InvitationAnswer.NOT_ME: "不是我",
    InvitationAnswer.LATER: "以后再说",
}


class UnionData:
    """Membership, its history, what was said when joining and to a union that had one on its list, and who looks after
    whom no union does."""

    tables = frozenset({"membership", "membership_event", "joining_record", "membership_invitation", "worker_office"})

    def export(self, session: Session, worker_id: uuid.UUID) -> list[Part]:
        found = membership_of(session, worker_id)
        history = session.execute(
            sa.select(MembershipEvent, TradeUnion.name)
            .join(Membership, Membership.id == MembershipEvent.membership_id)
            .join(TradeUnion, TradeUnion.id == MembershipEvent.union_id)
            .where(Membership.worker_id == worker_id)
            .order_by(MembershipEvent.at)
        )
        asked = session.execute(
            sa.select(MembershipInvitation, TradeUnion.name)
            .join(TradeUnion, TradeUnion.id == MembershipInvitation.union_id)
            .where(MembershipInvitation.worker_id == worker_id)
            .order_by(MembershipInvitation.created_at)
        )
        named = session.execute(
            sa.select(TradeUnion.name, WorkerOffice.since)
            .join(TradeUnion, TradeUnion.id == WorkerOffice.union_id)
            .where(WorkerOffice.worker_id == worker_id)
        )
        record = session.scalar(sa.select(JoiningRecord).where(JoiningRecord.worker_id == worker_id))
        return [
            Part("membership", "会籍", [] if found is None else [_membership(*found)]),
            Part("membership_history", "会籍变动", [_event(row[0], row[1]) for row in history]),
            Part("invitations", "报了你的名单", [_invitation(row[0], row[1]) for row in asked]),
            Part(
                "office",
                "你的事由哪个工会办",
                [{"工会": row[0], "从什么时候": spoken_instant(row[1])} for row in named],
            ),
            Part("joining", "入会登记", [] if record is None else [_record(record)]),
        ]

    def erase(self, session: Session, worker_id: uuid.UUID) -> Erased:
        records = session.scalars(
            sa.delete(JoiningRecord).where(JoiningRecord.worker_id == worker_id).returning(JoiningRecord.id)
        ).all()
        offices = session.scalars(
            sa.delete(WorkerOffice).where(WorkerOffice.worker_id == worker_id).returning(WorkerOffice.worker_id)
        ).all()
        mine = sa.select(Membership.id).where(Membership.worker_id == worker_id)
        events = session.scalars(
            sa.update(MembershipEvent)
            .where(MembershipEvent.membership_id.in_(mine))
            .values(reason=None)
            .returning(MembershipEvent.id)
        ).all()
        # The union's list keeps its row; nobody's account and nobody's word belong to it any more.
        asked = session.scalars(
            sa.update(MembershipInvitation)
            .where(MembershipInvitation.worker_id == worker_id)
            .values(worker_id=None, answer=None, answered_at=None)
            .returning(MembershipInvitation.id)
        ).all()
        memberships = session.scalar(sa.select(sa.func.count()).where(Membership.worker_id == worker_id)) or 0
        return Erased(
            removed={
                "joining_record": len(records),
                "membership_invitation": len(asked),
                "worker_office": len(offices),
            },
            kept=[
                Kept("membership", memberships, "工会会员名册（工会会员会籍管理办法），不再连着姓名和号码"),
                Kept("membership_event", len(events), "工会会员名册（工会会员会籍管理办法），原因已抹去"),
            ],
        )


def _membership(membership: Membership, union: TradeUnion) -> Entry:
    return {
        "会员号": membership.number,
        "工会": union.name,
        "状态": STATES[membership.state],
        "入会日期": membership.since.isoformat(),
    }


def _event(event: MembershipEvent, union: str) -> Entry:
    return {
        "时间": spoken_instant(event.at),
        "变成": STATES[event.target],
        "工会": union,
        "原因": spoken(event.reason),
    }


def _invitation(asked: MembershipInvitation, union: str) -> Entry:
    return {
        "工会": union,
        "什么时候报的": spoken_instant(asked.created_at),
        "你的回答": "还没有答" if asked.answer is None else ANSWERS[asked.answer],
    }


def _record(record: JoiningRecord) -> Entry:
    return {
        "就业形式": "—" if record.employment is None else EMPLOYMENTS[record.employment],
        "单位或平台": spoken(record.employer),
        "常在的街道或社区": "—" if record.work_area is None else areas().name_of(record.work_area),
        "原来的工会": spoken(record.former_union),
        "民族": spoken(record.ethnicity),
        "文化程度": spoken(record.education),
        "政治面貌": spoken(record.political_status),
        "技能等级": spoken(record.skill_level),
        "户籍类型": spoken(record.household),
    }

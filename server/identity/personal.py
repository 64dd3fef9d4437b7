"""What the identity domain tells a worker about themselves, and what of it goes with the account."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.clock import spoken_instant
from server.core.personal import Entry, Erased, Kept, Part, spoken
from server.identity.consents import consent_texts
from server.identity.models import (
    Consent,
    DeskRequest,
    DeskState,
    LoginSession,
    PairedAct,
    SignInWay,
    VerificationAttempt,
    WeChatLogin,
    Worker,
    WorkerGroup,
    WorkerPin,
)
from server.identity.papers import PAPER_NAMES
from server.identity.rules import mask_id_number, mask_phone
from server.identity.sessions import revoke_all

LEVELS = {Level.L0: "访客", Level.L1: "手机已登记", Level.L2: "实名已核对", Level.L3: "已当面核实"}
WAYS = {
    SignInWay.WECHAT: "微信",
    SignInWay.SMS: "短信验证码",
    SignInWay.DEMO: "演示",
    SignInWay.SWITCH: "在合用的手机上换人",
}
GROUPS = {
    WorkerGroup.FOOD_DELIVERY: "外卖配送",
    WorkerGroup.COURIER: "快递",
    WorkerGroup.RIDE_HAILING: "网约车",
    WorkerGroup.FREIGHT: "货运",
    WorkerGroup.DOMESTIC: "家政",
    WorkerGroup.DESIGNATED_DRIVER: "代驾",
    WorkerGroup.SANITATION: "环卫",
    WorkerGroup.CONSTRUCTION: "建筑",
    WorkerGroup.EMPLOYEE: "单位职工",
    WorkerGroup.OTHER: "其他",
}
PHONE = ("phone", "phone_hmac", "phone_confirmed_at")
IDENTITY = (
    "name",
    "id_type",
    "id_number",
    "id_number_hmac",
    "worker_group",
    "verified_at",
    "seen_at",
    "paper_valid_to",
)
"""Columns of a worker that, with those of the phone, are empty once the account is erased."""
STATES = {
    DeskState.OPEN: "等着核对",
    DeskState.APPROVED: "通过",
    DeskState.REFUSED: "没有通过",
    DeskState.REPLACED: "换了新的申请",
}


class IdentityData:
    """Account, sign-ins, consents, verifications."""

    tables = frozenset(
        {
            "worker",
            "worker_pin",
            "wechat_login",
            "login_session",
            "consent",
            "verification_attempt",
            "desk_request",
            "paired_act",
        }
    )

    def export(self, session: Session, worker_id: uuid.UUID) -> list[Part]:
        worker = session.get_one(Worker, worker_id)
        logins = session.scalars(sa.select(WeChatLogin).where(WeChatLogin.worker_id == worker_id))
        sessions = session.scalars(
            sa.select(LoginSession).where(LoginSession.worker_id == worker_id).order_by(LoginSession.created_at.desc())
        )
        pin = session.get(WorkerPin, worker_id)
        consents = session.scalars(
            sa.select(Consent).where(Consent.worker_id == worker_id).order_by(Consent.granted_at)
        )
        requests = session.scalars(
            sa.select(DeskRequest).where(DeskRequest.worker_id == worker_id).order_by(DeskRequest.created_at)
        )
        return [
            Part("account", "账号", [_account(worker)]),
            Part("wechat", "绑定的微信", [{"绑定时间": spoken_instant(one.created_at)} for one in logins]),
            Part("pin", "解锁码", [] if pin is None else [{"设解锁码的时间": spoken_instant(pin.set_at)}]),
            Part("sessions", "登录记录", [_session(one) for one in sessions]),
            Part("consents", "同意过的说明", [_consent(one) for one in consents]),
            Part("verification", "认证申请", [_request(one) for one in requests]),
        ]

    def erase(self, session: Session, worker_id: uuid.UUID) -> Erased:
        revoke_all(worker_id=worker_id)
        removed = {
            model.__tablename__: len(
                session.scalars(sa.delete(model).where(model.worker_id == worker_id).returning(model.worker_id)).all()
            )
            for model in (LoginSession, WeChatLogin, WorkerPin, VerificationAttempt, DeskRequest)
        }
        empty = dict.fromkeys(PHONE + IDENTITY)
        session.execute(sa.update(Worker).where(Worker.id == worker_id).values(**empty, level=Level.L0))
        proofs = session.scalar(sa.select(sa.func.count()).where(Consent.worker_id == worker_id)) or 0
        named = sa.or_(PairedAct.worker_id == worker_id, PairedAct.other_worker_id == worker_id)
        acts = session.scalar(sa.select(sa.func.count()).where(named)) or 0
        return Erased(
            removed=removed | {"worker": 1},
            kept=[
                Kept("paired_act", acts, "工作人员双人办理的记录（网络安全法第二十三条），不再连着姓名和号码"),
                Kept("consent", proofs, "证明处理个人信息有过同意（个人信息保护法第十四条、第六十九条），三年"),
            ],
        )


def _account(worker: Worker) -> Entry:
    return {
        "注册时间": spoken_instant(worker.created_at),
        "级别": LEVELS[worker.level],
        "手机号": "—" if worker.phone is None else mask_phone(worker.phone),
        "姓名": spoken(worker.name),
        "证件": "—" if worker.id_type is None else PAPER_NAMES[worker.id_type],
        "证件号码": "—" if worker.id_number is None else mask_id_number(worker.id_number),
        "工作类别": "—" if worker.worker_group is None else GROUPS[worker.worker_group],
        "认证时间": "—" if worker.verified_at is None else spoken_instant(worker.verified_at),
    }


def _session(one: LoginSession) -> Entry:
    ended = "" if one.revoked_at is None else f"，{spoken_instant(one.revoked_at)} 退出"
    return {"登录时间": spoken_instant(one.created_at), "方式": WAYS[one.way] + ended}


def _consent(one: Consent) -> Entry:
    return {
        "说明": f"{consent_texts()[one.key].title}（{one.version} 版）",
        "同意时间": spoken_instant(one.granted_at),
        "撤回时间": "—" if one.withdrawn_at is None else spoken_instant(one.withdrawn_at),
    }


def _request(one: DeskRequest) -> Entry:
    return {
        "申请时间": spoken_instant(one.created_at),
        "证件": PAPER_NAMES[one.id_type],
        "结果": STATES[one.state],
        "说明": spoken(one.note),
    }

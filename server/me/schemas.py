"""Wire shapes of a worker's own account."""

from marshmallow import fields, validate

from server.cases.files.schemas import ClaimSchema
from server.cases.files.service import MAX_AT_ONCE
from server.clocks.schemas import ClockSchema
from server.core.access import Level
from server.core.schema import Answer, Body, Instant, one_of, text
from server.identity.models import Outcome, WorkerGroup
from server.identity.papers import IdType
from server.identity.schemas import GivenConsentSchema, GrantedConsentSchema
from server.me.work_schemas import area_code
from server.unions.lists.vocabulary import InvitationAnswer
from server.unions.vocabulary import MembershipState


class UnionSchema(Answer):
    """A union."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class MembershipSchema(Answer):
    """会籍"""

    number = fields.String(required=True)
    state = one_of(MembershipState, required=True)
    since = fields.Date(required=True)
    union = fields.Nested(UnionSchema, required=True)


class WorkerSchema(Answer):
    """The worker, masked."""

    id = fields.UUID(required=True)
    level = fields.Enum(Level, required=True)
    phone_masked = fields.String(required=True, allow_none=True)
    name_masked = fields.String(required=True, allow_none=True)
    worker_group = one_of(WorkerGroup, required=True, allow_none=True)
    membership = fields.Nested(MembershipSchema, required=True, allow_none=True)


class SessionSchema(Answer):
    """A new session."""

    token = fields.String(required=True)
    expires_at = Instant(required=True)
    worker = fields.Nested(WorkerSchema, required=True)
    profiles = fields.Integer(
        required=True, metadata={"description": "这部手机上能换着用的有几个人，连自己；多于 1 个就先问是谁"}
    )


class VerificationStateSchema(Answer):
    """How far the last verification has come."""

    state = one_of(Outcome, required=True)
    at = Instant(required=True)
    reason = fields.String(required=True, allow_none=True)
    wanted = fields.String(
        required=True, allow_none=True, metadata={"description": "工作人员要你补的东西；没有就是 null"}
    )
    clock = fields.Nested(ClockSchema, required=True, allow_none=True, metadata={"description": "什么时候前核对好"})
    paper_valid_to = fields.Date(
        required=True, allow_none=True, metadata={"description": "登记的证件哪天到期；没登记或长期有效的为 null"}
    )
    renew_by = fields.Date(
        required=True, allow_none=True, metadata={"description": "证件已经到期：哪天前要换成新证件，到时认证会停"}
    )


class ClosingSchema(Answer):
    """An account that closes."""

    requested_at = Instant(required=True)
    closes_at = Instant(required=True, metadata={"description": "在这以前都可以反悔"})


class InvitationSchema(Answer):
    """A union that has the worker on its list asks."""

    union = fields.Nested(UnionSchema, required=True)
    put_off = fields.Boolean(required=True, metadata={"description": "说过“以后再说”"})


class InvitationAnswerSchema(Body):
    """What the worker says to it."""

    union = text(1, 40, required=True, metadata={"description": "问的是哪个工会：它的编码"})
    answer = one_of(InvitationAnswer, required=True)


class VerificationSchema(Body):
    """What a worker says about themselves, and to which office."""

    id_type = one_of(IdType, required=True)
    id_number = text(1, 40, required=True)
    name = text(1, 200, required=True)
    worker_group = one_of(WorkerGroup, required=True)
    area = area_code("到哪里的工会核对：街道（9 位）或社区（12 位）的编码；不说的，由 `GET /me` 里的 office 核对")
    consents = fields.List(fields.Nested(GivenConsentSchema), required=True)


class ProfileSchema(WorkerSchema):
    """Everything that the worker sees of their account."""

    verification = fields.Nested(VerificationStateSchema, required=True, allow_none=True)
    consents = fields.List(fields.Nested(GrantedConsentSchema), required=True)
    closing = fields.Nested(ClosingSchema, required=True, allow_none=True)
    invitation = fields.Nested(
        InvitationSchema,
        required=True,
        allow_none=True,
        metadata={"description": "有单位把你报进了会员名单，等你说是不是你、愿不愿意；没有就是 null"},
    )
    office = fields.Nested(
        UnionSchema,
        required=True,
        allow_none=True,
        metadata={"description": "我的账号、认证、更正由哪个工会办：只有它和它的上级看得到"},
    )


class PhoneCodeSchema(Body):
    """A code of getPhoneNumber."""

    code = text(1, 200, required=True)


class OwnPhoneSchema(Answer):
    """The number that is registered, whole."""

    phone = fields.String(required=True, allow_none=True)


class VerdictSchema(Answer):
    """What became of a verification."""

    level = fields.Enum(Level, required=True)
    state = one_of(Outcome, required=True)
    reason = fields.String(metadata={"description": "没有当场通过时，为什么、接下来怎样"})


class EvidenceSchema(Body):
    """What the desk asked for."""

    attachments = fields.List(
        fields.Nested(ClaimSchema),
        required=True,
        validate=validate.Length(1, MAX_AT_ONCE, error=f"一次传 1 到 {MAX_AT_ONCE} 张"),
    )


class CardSchema(Answer):
    """The membership card."""

    number = fields.String(required=True)
    name_masked = fields.String(required=True)
    union = fields.String(required=True)
    issued_at = Instant(required=True)
    expires_at = Instant(required=True)
    token = fields.String(required=True, metadata={"description": "签了名的会员码，离线也能出示和核对"})


class CardKeySchema(Answer):
    """A key with which cards are checked."""

    kid = fields.String(required=True)
    algorithm = fields.String(required=True)
    public_key = fields.String(required=True, metadata={"description": "32 字节，base64url"})


class CardKeyListSchema(Answer):
    """The keys in use."""

    items = fields.List(fields.Nested(CardKeySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)

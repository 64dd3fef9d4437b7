"""What can be asked for: services with their forms, promises and consents."""

from marshmallow import fields, validate

from server.cases.schemas.parts import dictionary
from server.cases.vocabulary import IdentityMode
from server.clocks.rules import Basis
from server.core.schema import Answer, one_of
from server.identity.models import ConsentKey


class ServiceSummarySchema(Answer):
    """A service in the list."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    summary = fields.String(required=True)
    by_proxy = fields.Boolean(required=True, metadata={"description": "窗口和站长可以替工友填"})
    members = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "true 只给会员，false 只给还不是会员的，null 谁都能办"}
    )
    open = fields.Boolean(
        required=True, metadata={"description": "有没有人办；没有就显示“这项还没有开通，请打 …”，电话在 `/about`"}
    )
    required_level = fields.Dict(
        keys=fields.String(validate=validate.OneOf([mode.value for mode in IdentityMode])),
        values=fields.String(),
        required=True,
        metadata={"description": "按身份方式：named 实名、confidential 隐名、anonymous 匿名 → 需要的等级"},
    )


class ServiceListSchema(Answer):
    """What can be asked for."""

    items = fields.List(fields.Nested(ServiceSummarySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ModeSchema(Answer):
    """One way to be known."""

    mode = one_of(IdentityMode, required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    explain = fields.String(required=True)
    preselected = fields.Boolean(required=True, metadata={"description": "没有另选以前，表上先选好这一种"})


class DeadlineSchema(Answer):
    """One promise."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    amount = fields.Integer(required=True)
    basis = one_of(Basis, required=True)
    text = fields.String(required=True)
    pausable = fields.Boolean(required=True, metadata={"description": "等你补充时暂停"})
    when = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        allow_none=True,
        metadata={"description": "哪些回答才是这个期限；null 是其余的情况"},
    )


class WantedConsentSchema(Answer):
    """Something to agree to."""

    key = one_of(ConsentKey, required=True)
    version = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    separate = fields.Boolean(required=True)
    why = fields.String(required=True, allow_none=True)
    if_ = fields.List(
        dictionary(),
        required=True,
        allow_none=True,
        data_key="if",
        metadata={"description": "哪些回答才要；null 是都要"},
    )
    with_place = fields.Boolean(required=True, metadata={"description": "给了位置才要"})
    modes = fields.List(one_of(IdentityMode), required=True)
    optional = fields.Boolean(required=True, metadata={"description": "不同意也收；工作人员看得到同意没有"})


class PhoneSchema(Answer):
    """Whom to call."""

    number = fields.String(required=True)
    name = fields.String(required=True)


class SafetySchema(Answer):
    """Shown when the words may mean danger to life."""

    title = fields.String(required=True)
    text = fields.String(required=True)
    phones = fields.List(fields.Nested(PhoneSchema), required=True)


class EmergencySchema(SafetySchema):
    """The same with the words that call for it, to be matched before anything is sent."""

    words = fields.List(fields.String(), required=True)


class ServiceFormSchema(ServiceSummarySchema):
    """A service with its form."""

    version = fields.Integer(required=True)
    modes = fields.List(fields.Nested(ModeSchema), required=True)
    place = fields.Boolean(required=True, metadata={"description": "可以带位置"})
    alike = fields.Boolean(required=True, metadata={"description": "提交前可以问 `POST /services/{key}/alike`"})
    form = dictionary(
        required=True, metadata={"description": "JSON Schema 2020-12；`x-layout` 里是分段、标签、选项和显示条件"}
    )
    deadlines = fields.List(fields.Nested(DeadlineSchema), required=True)
    consents = fields.List(fields.Nested(WantedConsentSchema), required=True)
    example = dictionary(required=True)
    emergency = fields.Nested(EmergencySchema, required=True)

"""A case as its worker sees it. What the service sends is made by hand in `reading`; these document it."""

from marshmallow import fields, validate

from server.cases.files.schemas import AttachmentSchema, CaseFileSchema
from server.cases.forms.fields import FieldType
from server.cases.models import Author
from server.cases.schemas.assignees import AssigneeSchema
from server.cases.schemas.parts import dictionary
from server.cases.schemas.services import SafetySchema
from server.cases.vocabulary import IdentityMode, Phase, Who
from server.clocks.deadlines import OwedBy
from server.clocks.rules import Basis
from server.core.schema import Answer, Instant, Query, one_of, text
from server.identity.models import ConsentKey


class SecretHeader(Query):
    """What opens an anonymous case."""

    secret = text(
        0,
        100,
        load_default=None,
        data_key="Case-Secret",
        metadata={"description": "匿名提交时给的暗号；带了它就不要带登录信息"},
    )


class RatingGivenSchema(Answer):
    """What the worker said."""

    solved = fields.Boolean(required=True)
    attitude = fields.Integer(required=True)
    result = fields.Integer(required=True)
    comment = fields.String(required=True, allow_none=True)


class HeardSchema(Answer):
    """What the worker said at the desk or on the phone, as it was written down."""

    solved = fields.Boolean(required=True)
    attitude = fields.Integer(required=True)
    result = fields.Integer(required=True)
    at = Instant(required=True)


class NextSchema(Answer):
    """Whose turn it is, and until when."""

    who = one_of(Who, required=True)
    name = fields.String(required=True)
    by = Instant(required=True, allow_none=True)


class OfficeSchema(Answer):
    """The union that has the case, and whom one can call there."""

    name = fields.String(required=True)
    person = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "办公室的电话；没有人值班时没有"})


class CaseClockSchema(Answer):
    """A promise that still runs."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    due_at = Instant(required=True)
    original_due_at = Instant(required=True)
    last_day = fields.Date(required=True, metadata={"description": "到期的那一天（北京时间），显示用这一项"})
    basis = one_of(Basis, required=True)
    provisional = fields.Boolean(required=True)
    paused = fields.Boolean(required=True)
    owed_by = one_of(OwedBy, required=True, metadata={"description": "等谁"})
    extended = fields.Boolean(required=True, metadata={"description": "延长过一次，理由写在留言里"})
    event_at = Instant(
        required=True, allow_none=True, metadata={"description": "这一条就是那件事本身（比如开庭）时，它是什么时候"}
    )


class TimelineEntrySchema(Answer):
    """What happened when."""

    at = Instant(required=True)
    what = fields.String(required=True)


class CaseMessageSchema(Answer):
    """One message."""

    id = fields.UUID(required=True)
    from_ = fields.String(required=True, data_key="from", validate=validate.OneOf(["worker", "staff"]))
    text = fields.String(required=True)
    at = Instant(required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)


class AnswerWordsSchema(Answer):
    """An answer in words."""

    label = fields.String(required=True)
    type = one_of(FieldType, required=True)
    words = fields.List(
        fields.String(), required=True, metadata={"description": "选了几项就有几段；银行卡和证件只有打了码的号码"}
    )


class OwnAnswerSchema(AnswerWordsSchema):
    """What the worker said, or the union filled in for them."""

    key = fields.String(required=True)
    by = one_of(Author, required=True, metadata={"description": "最后是谁写的"})
    at = Instant(required=True, allow_none=True, metadata={"description": "什么时候改成这样的；一开始就是这样的没有"})
    rows = fields.List(
        fields.List(fields.Nested(AnswerWordsSchema)), metadata={"description": "表格的每一行；别的没有"}
    )


class PaperSchema(Answer):
    """A paper that was made of the case."""

    number = fields.String(required=True)
    title = fields.String(required=True)
    at = Instant(required=True)
    files = fields.List(fields.Nested(AttachmentSchema), required=True, metadata={"description": "PDF 和 DOCX"})


class ComputedSchema(Answer):
    """What follows from the answers."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.Raw(required=True, metadata={"type": ["string", "integer"]})
    text = fields.String(required=True)
    urgent = fields.Boolean(required=True)
    colour = fields.String(required=True, allow_none=True)


class CaseSummarySchema(Answer):
    """A case in a list: nothing of what was written in it."""

    no = fields.String(required=True)
    service = fields.String(required=True)
    service_name = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    phase = one_of(Phase, required=True)
    next = fields.Nested(NextSchema, required=True)
    clocks = fields.List(fields.Nested(CaseClockSchema), required=True)
    identity_mode = one_of(IdentityMode, required=True)
    urgent = fields.Boolean(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class RemovedSchema(Answer):
    """A class of what a case holds whose time of keeping is over."""

    name = fields.String(required=True)
    on = fields.Date(required=True, allow_none=True, metadata={"description": "哪天删的；早先没有记下的是 null"})


class PlaceGivenSchema(Answer):
    """Rounded to about 100 m."""

    lat = fields.Float(required=True)
    lng = fields.Float(required=True)


ACTS = (
    "messages",
    "supplements",
    "withdrawal",
    "rating",
    "outcome",
    "reopening",
    "agreement",
    "refusal",
    "replacement",
    "acknowledgement",
    "talk",
    "handing-on",
)


class ExchangeSchema(Answer):
    """Where a case stands with 12345, of whose orders it is one."""

    name = fields.String(required=True)
    from_them = fields.Boolean(required=True, metadata={"description": "12345 转给工会的；否则是工会转给 12345 的"})
    no = fields.String(required=True, allow_none=True, metadata={"description": "对方的编号；还没有收到时没有"})
    state_name = fields.String(required=True)
    office = fields.String(required=True, allow_none=True)
    due_at = Instant(required=True, allow_none=True, metadata={"description": "对方的期限；工会自己的期限照样在算"})
    told_at = Instant(required=True, allow_none=True)
    asks_rating = fields.Boolean(required=True, metadata={"description": "由对方回访，这里不再评价"})


class TypedBySchema(Answer):
    """Who typed a case for its worker."""

    at_desk = fields.Boolean(required=True)
    station_code = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class AskedConsentSchema(Answer):
    """What the worker is asked to agree to now."""

    key = one_of(ConsentKey, required=True)
    version = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    why = fields.String(required=True, allow_none=True)


class UnseenSchema(Answer):
    """Something is asked of somebody whom nobody could tell."""

    reply_by = Instant(
        required=True, metadata={"description": "现在说“看到了”的话，最晚什么时候补上；不说，办理时间照算"}
    )


class LinkedCaseSchema(Answer):
    """Another case of the same worker."""

    no = fields.String(required=True)
    service = fields.String(required=True)
    service_name = fields.String(required=True)


class GoesOnSchema(Answer):
    """A service that takes over what this case was told."""

    service = fields.String(required=True, metadata={"description": "交给 `GET /cases/{no}/carried/{service}`"})
    service_name = fields.String(required=True)
    summary = fields.String(required=True)
    suggested = fields.Boolean(required=True, metadata={"description": "工会建议的"})
    possible = fields.Boolean(required=True, metadata={"description": "匿名的带不过去"})


class CaseSchema(CaseSummarySchema):
    """A case, whole."""

    timeline = fields.List(fields.Nested(TimelineEntrySchema), required=True)
    messages = fields.List(fields.Nested(CaseMessageSchema), required=True)
    attachments = fields.List(fields.Nested(CaseFileSchema), required=True)
    answers = dictionary(required=True)
    answered = fields.List(
        fields.Nested(OwnAnswerSchema), required=True, metadata={"description": "answers 写成给人看的话，按表格的顺序"}
    )
    computed = fields.List(fields.Nested(ComputedSchema), required=True)
    level_ahead = fields.String(
        required=True, allow_none=True, metadata={"description": "往下办会要到的级别里最低的，例如 L2；不再要的没有"}
    )
    can = fields.List(
        fields.String(validate=validate.OneOf(ACTS)),
        required=True,
        metadata={"description": "现在能做的，就是能 POST 的那一段路径"},
    )
    assignees = fields.List(
        fields.Nested(AssigneeSchema), required=True, metadata={"description": "接过这件事的人，先后为序"}
    )
    office = fields.Nested(
        OfficeSchema,
        required=True,
        allow_none=True,
        metadata={"description": "现在在哪个工会；办完了，或者还不归哪一个时没有"},
    )
    papers = fields.List(fields.Nested(PaperSchema), required=True, metadata={"description": "替你写好的材料"})
    removed = fields.List(
        fields.Nested(RemovedSchema), metadata={"description": "保存期到了、按规定删除的（有的话）；没有到期的不出现"}
    )
    came_from = fields.Nested(LinkedCaseSchema, metadata={"description": "由哪件事接着办来的；只有本人看得到隐名的"})
    went_on = fields.List(fields.Nested(LinkedCaseSchema), metadata={"description": "接着办了哪些事（有的话）"})
    goes_on = fields.List(
        fields.Nested(GoesOnSchema), metadata={"description": "可以接着办什么，写过的不用再写（有的话）"}
    )
    place = fields.Nested(PlaceGivenSchema)
    rating = fields.Nested(RatingGivenSchema)
    heard = fields.Nested(HeardSchema, metadata={"description": "工会同事替工友记下的评价（有的话）；工友还可以自己评"})
    exchange = fields.Nested(ExchangeSchema)
    by_union = fields.Boolean(metadata={"description": "工会提出来的，不是工友自己要办的"})
    typed_by = fields.Nested(TypedBySchema)
    asks = fields.Nested(AskedConsentSchema)
    question = fields.String(metadata={"description": "工会请你补充什么：问的时候写的话（现在等着的话才有）"})
    lapses = fields.Boolean(metadata={"description": "过了时间没有补充，就按撤回处理（有 question 的才有）"})
    unseen = fields.Nested(
        UnseenSchema, metadata={"description": "匿名的：工会问了一件事，还没有人凭编号和暗号来说看到了（有的话）"}
    )
    safety = fields.Nested(SafetySchema)
    paged = fields.Boolean(metadata={"description": "Whether somebody on duty was called, where danger was said."})


class NewCaseSchema(CaseSchema):
    """A case that was just made."""

    secret = fields.String(metadata={"description": "只有匿名的才有，只给这一次，请抄下来"})


class CaseListSchema(Answer):
    """A page of a worker's cases, newest first."""

    items = fields.List(fields.Nested(CaseSummarySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)

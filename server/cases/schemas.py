"""Wire shapes of services and cases. What the service sends is made by hand in `reading`; these document it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from server.cases.files.schemas import AttachmentSchema, ClaimSchema
from server.cases.files.service import MAX_AT_ONCE
from server.cases.vocabulary import IdentityMode, Phase, Who
from server.clocks.deadlines import OwedBy
from server.clocks.rules import Basis
from server.core.datum import Datum, Point, convert
from server.core.schema import Answer, Body, Instant, Query, between, length, one_of, text
from server.identity.models import ConsentKey
from server.identity.schemas import GivenConsentSchema

MOST_ANSWERS = 200
DEEPEST = 5


def _dictionary(**kwargs: Any) -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), **kwargs)


def _answers(**kwargs: Any) -> fields.Dict:
    most = validate.Length(max=MOST_ANSWERS, error="填的项太多了")
    return _dictionary(validate=[most, _not_too_deep], **kwargs)


def _not_too_deep(value: Any, *, left: int = DEEPEST) -> None:
    # No form nests deeper than a table; what is endless would exhaust whoever looks at it.
    if isinstance(value, dict | list):
        if not left:
            raise ValidationError("内容套得太深了")
        for below in value.values() if isinstance(value, dict) else value:
            _not_too_deep(below, left=left - 1)


class YesNo(fields.Boolean):
    """true or false; 1 and 0, which equal them in Python, are numbers."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


def _not_blank(words: str) -> None:
    if not words.strip():
        raise ValidationError("请写点内容")


def _attachments() -> fields.List[Any]:
    most = validate.Length(max=MAX_AT_ONCE, error=f"一次最多 {MAX_AT_ONCE} 个文件")
    return fields.List(fields.Nested(ClaimSchema), load_default=list, validate=most)


class ServiceSummarySchema(Answer):
    """A service in the list."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    summary = fields.String(required=True)
    by_proxy = fields.Boolean(required=True, metadata={"description": "窗口和站长可以替工友填"})
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
        _dictionary(),
        required=True,
        allow_none=True,
        data_key="if",
        metadata={"description": "哪些回答才要；null 是都要"},
    )
    with_place = fields.Boolean(required=True, metadata={"description": "给了位置才要"})
    modes = fields.List(one_of(IdentityMode), required=True)


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
    form = _dictionary(
        required=True, metadata={"description": "JSON Schema 2020-12；`x-layout` 里是分段、标签、选项和显示条件"}
    )
    deadlines = fields.List(fields.Nested(DeadlineSchema), required=True)
    consents = fields.List(fields.Nested(WantedConsentSchema), required=True)
    example = _dictionary(required=True)
    emergency = fields.Nested(EmergencySchema, required=True)


class PlaceSchema(Body):
    """Degrees; kept to about 100 m only, in GCJ-02."""

    lat = fields.Float(required=True, validate=between(-90, 90))
    lng = fields.Float(required=True, validate=between(-180, 180))
    datum = one_of(Datum, load_default=Datum.GCJ02)


def drawn(place: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """What `PlaceSchema` loads, in GCJ-02."""
    return None if place is None else convert(Point(place["lat"], place["lng"]), place["datum"], Datum.GCJ02)


class SubmissionSchema(Body):
    """A new case."""

    service = text(1, 40, required=True, metadata={"description": "`GET /services` 里的 key"})
    answers = _answers(required=True, metadata={"description": "按 `GET /services/{key}` 的表填"})
    consents = fields.List(
        fields.Nested(GivenConsentSchema),
        required=True,
        validate=validate.Length(max=len(ConsentKey), error="太多了"),
    )
    identity_mode = text(
        1,
        20,
        load_default=IdentityMode.NAMED.value,
        metadata={"description": "服务提供的一种：named 实名、confidential 隐名、anonymous 匿名"},
    )
    attachments = _attachments()
    place = fields.Nested(PlaceSchema, load_default=None, allow_none=True)
    joins = text(
        1,
        400,
        load_default=None,
        allow_none=True,
        metadata={"description": "`POST /services/{key}/alike` 给的；“我也遇到”，并到那一件，一样得到答复"},
    )
    apart = YesNo(load_default=False, metadata={"description": "单独提交，不和别的合并"})


class AlikeQuestionSchema(Body):
    """What somebody is about to send."""

    answers = _answers(required=True, metadata={"description": "填到哪里算哪里"})
    place = fields.Nested(PlaceSchema, load_default=None, allow_none=True)


class AlikeSchema(Answer):
    """What was reported already: nothing of people in it."""

    title = fields.String(required=True)
    days = fields.Integer(required=True, metadata={"description": "几天前"})
    state_name = fields.String(required=True)
    joins = fields.String(required=True, metadata={"description": "交给 `POST /cases`，一天内有效"})


class AlikeListSchema(Answer):
    """The latest first."""

    items = fields.List(fields.Nested(AlikeSchema), required=True)


class MessageSchema(Body):
    """Words to the union."""

    text = fields.String(required=True, validate=[length(1, 2000), _not_blank])
    attachments = _attachments()


class SupplementSchema(Body):
    """Answers to change or add, files to add."""

    answers = _answers(load_default=dict)
    attachments = _attachments()


class WithdrawalSchema(Body):
    """Taking it back."""

    reason = text(0, 500, load_default=None, allow_none=True)


class ReopeningSchema(Body):
    """Why it is not done."""

    reason = fields.String(required=True, validate=[length(1, 2000), _not_blank])


class AgreementSchema(Body):
    """A tick under the text that the case asks for."""

    consents = fields.List(fields.Nested(GivenConsentSchema), required=True, validate=length(1, 20))


class TalkingSchema(Body):
    """Words to whoever has the case in hand, and to nobody else."""

    text = fields.String(required=True, validate=[length(1, 2000), _not_blank])


class RatingSchema(Body):
    """How it went."""

    solved = YesNo(required=True)
    attitude = fields.Integer(required=True, strict=True, validate=between(1, 5))
    result = fields.Integer(required=True, strict=True, validate=between(1, 5))
    comment = text(0, 1000, load_default=None, allow_none=True)


class RatingGivenSchema(Answer):
    """What the worker said."""

    solved = fields.Boolean(required=True)
    attitude = fields.Integer(required=True)
    result = fields.Integer(required=True)
    comment = fields.String(required=True, allow_none=True)


class NextSchema(Answer):
    """Whose turn it is, and until when."""

    who = one_of(Who, required=True)
    name = fields.String(required=True)
    by = Instant(required=True, allow_none=True)


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


class TalkSchema(Answer):
    """One message that only the worker and whoever has the case read."""

    id = fields.UUID(required=True)
    from_ = fields.String(required=True, data_key="from", validate=validate.OneOf(["worker", "staff"]))
    text = fields.String(required=True)
    at = Instant(required=True)


class AssigneeSchema(Answer):
    """Who took the case in hand, with what was written between the two alone."""

    id = fields.UUID(required=True)
    title = fields.String(required=True, metadata={"description": "怎么称呼，比如“律师”"})
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "工作电话"})
    now = fields.Boolean(required=True, metadata={"description": "现在就是这个人在办"})
    handed_on = fields.Boolean(required=True, metadata={"description": "以前单独谈的话已经转给这个人看"})
    talk = fields.List(fields.Nested(TalkSchema), required=True)


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


class PlaceGivenSchema(Answer):
    """Rounded to about 100 m."""

    lat = fields.Float(required=True)
    lng = fields.Float(required=True)


ACTS = (
    "messages",
    "supplements",
    "withdrawal",
    "rating",
    "reopening",
    "agreement",
    "refusal",
    "replacement",
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


class CaseSchema(CaseSummarySchema):
    """A case, whole."""

    timeline = fields.List(fields.Nested(TimelineEntrySchema), required=True)
    messages = fields.List(fields.Nested(CaseMessageSchema), required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    answers = _dictionary(required=True)
    computed = fields.List(fields.Nested(ComputedSchema), required=True)
    can = fields.List(
        fields.String(validate=validate.OneOf(ACTS)),
        required=True,
        metadata={"description": "现在能做的，就是能 POST 的那一段路径"},
    )
    assignees = fields.List(
        fields.Nested(AssigneeSchema), required=True, metadata={"description": "接过这件事的人，先后为序"}
    )
    papers = fields.List(fields.Nested(PaperSchema), required=True, metadata={"description": "替你写好的材料"})
    place = fields.Nested(PlaceGivenSchema)
    rating = fields.Nested(RatingGivenSchema)
    exchange = fields.Nested(ExchangeSchema)
    typed_by = fields.Nested(TypedBySchema)
    asks = fields.Nested(AskedConsentSchema)
    safety = fields.Nested(SafetySchema)
    paged = fields.Boolean(metadata={"description": "Whether somebody on duty was called, where danger was said."})


class NewCaseSchema(CaseSchema):
    """A case that was just made."""

    secret = fields.String(metadata={"description": "只有匿名的才有，只给这一次，请抄下来"})


class CaseListSchema(Answer):
    """A page of a worker's cases, newest first."""

    items = fields.List(fields.Nested(CaseSummarySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PublicationSchema(Answer):
    """What the public reads of a grant, for a time."""

    name_masked = fields.String(required=True)
    place = fields.String(required=True)
    kind = fields.String(required=True)
    since = Instant(required=True)
    until = Instant(required=True)


class PublicationListSchema(Answer):
    """What is published now, the newest first."""

    items = fields.List(fields.Nested(PublicationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SecretHeader(Query):
    """What opens an anonymous case."""

    secret = text(
        0,
        100,
        load_default=None,
        data_key="Case-Secret",
        metadata={"description": "匿名提交时给的暗号；带了它就不要带登录信息"},
    )

"""Wire shapes of activities and sign-ups."""

from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import fields, post_dump, validate

from server.activities.listing import Shown, StatusFilter
from server.activities.models import KIND_NAMES, ActivityKind, Mode
from server.activities.rules import Chance, Likelihood, Status
from server.activities.service import Signup
from server.core.clock import midnight
from server.core.schema import Answer, Body, Instant, one_of, text
from server.core.web.paging import PageQuery
from server.identity.models import WorkerGroup
from server.seats.models import MOST_COMPANIONS, ClaimState


class DayOrInstant(Instant):
    """A day in Shanghai (2026-03-01), or an instant. A day is its beginning, with `end` the next day's."""

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        self._end = end
        metadata = {"format": None, "description": "日期（2026-03-01）或带时区的时间"} | kwargs.pop("metadata", {})
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, str) and len(value) == len("2026-03-01"):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                raise self.make_error("invalid") from None
            if not 1900 < day.year < 3000:
                raise self.make_error("invalid")
            return midnight(day + timedelta(days=self._end))
        return super()._deserialize(value, attr, data, **kwargs)


class ActivityQuery(PageQuery):
    """What to look for."""

    status = one_of(
        StatusFilter,
        load_default=None,
        metadata={"description": "不填：还没结束的；填了 from 或 to：那段时间里的全部"},
    )
    kind = one_of(ActivityKind, load_default=None)
    district = text(0, 12, load_default=None, metadata={"description": "区的六位代码，例如 440304"})
    q = text(0, 60, load_default=None)
    starts_from = DayOrInstant(data_key="from", load_default=None)
    starts_before = DayOrInstant(end=True, data_key="to", load_default=None)


class SignupBodySchema(Body):
    """Signing up. No activity asks questions yet, so anything there is refused."""

    group = text(1, 40, load_default=None, allow_none=True)
    answers = fields.Dict(
        keys=fields.String(),
        validate=validate.Length(max=0, error="这个活动不用填别的内容"),
        metadata={"maxProperties": 0},
    )
    companions = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(0, MOST_COMPANIONS, error=f"最多带 {MOST_COMPANIONS} 个人"),
        metadata={"description": "带几个人，一起占名额；活动的 companions 说最多几个"},
    )


class SignupSchema(Answer):
    """A sign-up."""

    id = fields.UUID(attribute="claim.id", required=True)
    activity_id = fields.UUID(attribute="card.id", required=True)
    group = fields.String(attribute="group.key", required=True)
    state = one_of(ClaimState, attribute="claim.state", required=True)
    position = fields.Integer(attribute="claim.position", metadata={"description": "候补第几位；不在候补时没有"})
    seat_no = fields.Integer(attribute="claim.seat_no", metadata={"description": "几号名额；没有名额时没有"})
    companions = fields.Integer(attribute="claim.companions", metadata={"description": "带了几个人"})
    offer_until = Instant(
        attribute="claim.offer_until", metadata={"description": "名额留到什么时候；只在 offered 时有，按服务器时间"}
    )
    signed_up_at = Instant(attribute="claim.created_at", required=True)

    @post_dump
    def leave_out_what_is_not(self, dumped: dict[str, Any], **_: Any) -> dict[str, Any]:
        if dumped["state"] == ClaimState.OFFERED:
            # Theirs only once it is confirmed.
            dumped["seat_no"] = None
        return {name: value for name, value in dumped.items() if value is not None}


class ChanceSchema(Answer):
    """What who waits may hope for."""

    likelihood = one_of(Likelihood, required=True)
    reached = fields.Integer(required=True, metadata={"description": "有几场排到过这个位置"})
    of = fields.Integer(required=True, metadata={"description": "一年来办过几场同类、有候补的活动"})


class MineSchema(SignupSchema):
    """A worker's own sign-up, shown with the activity."""

    chance = fields.Nested(ChanceSchema, metadata={"description": "轮到的希望；只在候补时有"})


class SignupActivitySchema(Answer):
    """So much of an activity as a list of sign-ups shows."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    place = fields.String(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    cancel_until = Instant(required=True)
    status = one_of(Status, required=True)


class OwnSignupSchema(SignupSchema):
    """A sign-up with its activity."""

    activity = fields.Nested(SignupActivitySchema, required=True)


class OwnSignupListSchema(Answer):
    """A worker's sign-ups, newest first."""

    items = fields.List(fields.Nested(OwnSignupSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PassSchema(Answer):
    """What a worker shows at the door."""

    code = fields.String(required=True, metadata={"description": "签了名的入场码，没有网络也能出示和核对"})
    expires_at = Instant(required=True)
    signup_id = fields.UUID(attribute="signup.claim.id", required=True)
    seat_no = fields.Integer(attribute="signup.claim.seat_no", required=True)
    group_name = fields.String(attribute="signup.group.name", required=True)
    activity_id = fields.UUID(attribute="signup.card.id", required=True)
    title = fields.String(attribute="signup.card.title", required=True)
    place = fields.String(attribute="signup.card.place", required=True)
    starts_at = Instant(attribute="signup.card.starts_at", required=True)


class PassKeySchema(Answer):
    """A key with which codes are checked at the door."""

    kid = fields.String(required=True)
    algorithm = fields.String(required=True)
    public_key = fields.String(required=True, metadata={"description": "32 字节，base64url"})


class PassKeyListSchema(Answer):
    """The keys in use."""

    items = fields.List(fields.Nested(PassKeySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class GroupSchema(Answer):
    """A part of the seats."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    worker_groups = fields.List(
        one_of(WorkerGroup), required=True, allow_none=True, metadata={"description": "给哪些工种；null 是谁都可以"}
    )
    members_of = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "只给哪个工会（和它下面的工会）的会员；null 是谁都可以"},
    )
    capacity = fields.Integer(required=True)
    seats_left = fields.Integer(required=True)


class ActivitySchema(Answer):
    """An activity with the seats left."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    kind = one_of(ActivityKind, required=True)
    kind_name = fields.String(required=True)
    summary = fields.String(required=True)
    rules = fields.String(required=True)
    place = fields.String(required=True)
    station_code = fields.String(required=True, allow_none=True)
    district = fields.String(required=True)
    organiser = fields.String(required=True, metadata={"description": "哪个工会办的"})
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)
    cancel_until = Instant(required=True)
    required_level = fields.String(required=True, validate=validate.OneOf(["L0", "L1", "L2", "L3"]))
    mode = one_of(Mode, required=True)
    waiting_list = fields.Boolean(required=True)
    offers = fields.Boolean(required=True, metadata={"description": "候补轮到时先问要不要，不回应就给下一位"})
    waiting_first = fields.List(
        one_of(WorkerGroup),
        required=True,
        allow_none=True,
        metadata={"description": "候补时排在前面的工种；同样的按排上候补的先后；null 是只按先后"},
    )
    companions = fields.Integer(required=True, metadata={"description": "一个人最多带几个人"})
    status = one_of(Status, required=True)
    groups = fields.List(fields.Nested(GroupSchema), required=True)


class ActivityDetailSchema(ActivitySchema):
    """One activity, the server's time, and with a token the worker's own sign-up."""

    called_off_because = fields.String(
        required=True, allow_none=True, metadata={"description": "为什么取消；没有取消、或者取消时没有记下的是 null"}
    )
    server_time = Instant(required=True)
    mine = fields.Nested(MineSchema, required=True, allow_none=True)


class ActivityListSchema(Answer):
    """A page of activities."""

    items = fields.List(fields.Nested(ActivitySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    server_time = Instant(required=True)


def activity_fields(shown: Shown) -> dict[str, Any]:
    """An activity as `ActivitySchema` dumps it."""
    card = shown.card
    return {
        "id": card.id,
        "title": card.title,
        "kind": card.kind,
        "kind_name": KIND_NAMES[card.kind],
        "summary": card.summary,
        "rules": card.rules,
        "place": card.place,
        "station_code": card.station_code,
        "district": card.district,
        "organiser": card.organiser,
        "starts_at": card.starts_at,
        "ends_at": card.ends_at,
        "opens_at": card.opens_at,
        "closes_at": card.closes_at,
        "cancel_until": card.cancel_until,
        "required_level": card.required_level.name,
        "mode": card.mode,
        "waiting_list": card.waiting_list,
        "offers": card.offers,
        "waiting_first": None if card.waiting_first is None else sorted(card.waiting_first),
        "companions": card.companions,
        "status": shown.status,
        "called_off_because": card.called_off_because,
        "groups": [
            {
                "key": group.key,
                "name": group.name,
                "worker_groups": None if group.worker_groups is None else sorted(group.worker_groups),
                "members_of": None if group.members_of is None else group.members_of.name,
                "capacity": shown.left(group).capacity,
                "seats_left": shown.left(group).left,
            }
            for group in card.groups
        ],
    }


def mine_fields(signup: Signup, chance: Chance | None) -> dict[str, Any]:
    """A sign-up as `MineSchema` dumps it."""
    return {"claim": signup.claim, "card": signup.card, "group": signup.group, "chance": chance}


def own_signup_fields(signup: Signup, *, instant: datetime) -> dict[str, Any]:
    """A sign-up as `OwnSignupSchema` dumps it."""
    card = signup.card
    return {
        "claim": signup.claim,
        "card": card,
        "group": signup.group,
        "activity": {
            "id": card.id,
            "title": card.title,
            "place": card.place,
            "starts_at": card.starts_at,
            "ends_at": card.ends_at,
            "cancel_until": card.cancel_until,
            "status": card.status_at(instant),
        },
    }

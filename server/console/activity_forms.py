"""What is asked about an activity: what everybody reads, when it is, and its groups of seats."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from server.activities.cards import Card
from server.activities.listing import Shown
from server.activities.models import KIND_NAMES, ActivityKind
from server.activities.planning import MOST_GROUPS, NewActivity, NewGroup, Told, told_of
from server.console.forms import ConsoleForm, Needed, stripped
from server.core.access import Level
from server.core.clock import SHANGHAI, now
from server.core.errors import unprocessable
from server.identity.models import WorkerGroup
from server.identity.personal import GROUPS
from server.seats.models import MOST_COMPANIONS
from server.unions.areas import DISTRICT_DIGITS
from server.unions.models import TradeUnion

MOST_SEATS = 100_000
"""Of one group."""
TIMES = ("starts_at", "ends_at", "opens_at", "closes_at", "cancel_until")
TIME = "请选日期和时间"
LEVELS = {
    Level.L1: "登录了就行（有手机号）",
    Level.L2: "实名认证过的",
    Level.L3: "本人到窗口核过身份的",
}
WORKS = [SelectChoice(work.value, GROUPS[work]) for work in WorkerGroup]
ONE_GROUP = "所有人"
"""What the only group is called unless somebody says otherwise."""


def _words(label: str, most: int, missing: str | None) -> dict[str, Any]:
    needed = [Needed(missing)] if missing else []
    return {
        "label": label,
        "validators": [*needed, Length(max=most, message=f"最多 {most} 个字")],
        "filters": [stripped],
    }


class Ticks(SelectMultipleField):
    """Any of a few things, all visible."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Moment(DateTimeLocalField):
    """A minute in Shanghai."""

    def __init__(self, *given: Any, **kwargs: Any) -> None:
        super().__init__(*given, format="%Y-%m-%dT%H:%M", **kwargs)

    def instant(self, before: datetime | None = None) -> datetime | None:
        """What was chosen; `before` itself, with its seconds, where that minute was left as it was."""
        chosen: datetime | None = self.data
        if chosen is None:
            return None
        if before is not None and chosen == _local(before).replace(second=0, microsecond=0):
            return before
        return chosen.replace(tzinfo=SHANGHAI)


class GroupForm(ConsoleForm):
    name = StringField(**_words("这一组叫什么", 40, "请写这一组叫什么"))
    seats = IntegerField(
        "几个名额", [InputRequired("请填几个名额"), NumberRange(1, MOST_SEATS, f"填 1 到 {MOST_SEATS}")]
    )
    work = Ticks("给做什么工作的", choices=WORKS)
    members_of = SelectField("给谁的会员", [Optional()])

    def with_unions(self, members: Sequence[TradeUnion]) -> "GroupForm":
        """The same, with the unions to choose from."""
        self.members_of.choices = [
            SelectChoice("", "不限，不是会员也行"),
            *(SelectChoice(str(union.id), f"{union.name}和下面工会的会员") for union in members),
        ]
        return self

    def group(self, key: str) -> NewGroup:
        """What the form says."""
        wanted = self.members_of.data
        return NewGroup(
            key=key,
            name=self.name.data or "",
            capacity=self.data["seats"],
            worker_groups=_works(self.work),
            members_of_id=uuid.UUID(wanted) if wanted else None,
        )


class ToldForm(ConsoleForm):
    """What may be changed later, too."""

    title = StringField(**_words("叫什么", 60, "请写活动的名字"))
    summary = TextAreaField(**_words("说明", 2000, "请写做什么、给谁的"))
    rules = TextAreaField(**_words("要带什么、要注意什么", 2000, None))
    place = StringField(**_words("在哪里", 200, "请写怎么走得到"))
    starts_at = Moment("几点开始", [InputRequired(TIME)])
    ends_at = Moment("几点结束", [InputRequired(TIME)])
    opens_at = Moment("从什么时候可以报名", [Optional()])
    closes_at = Moment("报名到什么时候", [InputRequired(TIME)])
    cancel_until = Moment("自己能退到什么时候", [Optional()])

    def told(self, *, before: Told | None = None) -> Told:
        """What the form says.

        Args:
            before: what was announced; a beginning that is over may only stay.

        Raises:
            Problem: 422 for times that are not in order.
        """
        chosen = {name: self._fields[name].instant(None if before is None else getattr(before, name)) for name in TIMES}
        starts, ends, closes = (chosen[name] for name in ("starts_at", "ends_at", "closes_at"))
        opens = chosen["opens_at"] or now()
        until = chosen["cancel_until"] or min(closes, starts)
        errors: dict[str, list[str]] = {}
        if starts <= now() and (before is None or starts != before.starts_at):
            errors["starts_at"] = ["这个时间已经过去了"]
        if ends <= starts:
            errors["ends_at"] = ["结束要在开始以后"]
        elif ends <= now():
            errors["ends_at"] = ["这个时间已经过去了"]
        if not opens < closes <= ends:
            errors["closes_at"] = ["报名结束要在可以报名以后、活动结束以前"]
        if until > ends:
            errors["cancel_until"] = ["要在活动结束以前"]
        if errors:
            raise unprocessable(errors)
        return Told(
            title=self.title.data or "",
            summary=self.summary.data or "",
            rules=self.rules.data or "",
            place=self.place.data or "",
            starts_at=starts,
            ends_at=ends,
            opens_at=opens,
            closes_at=closes,
            cancel_until=until,
        )


class ChangeForm(ToldForm):
    """Of an activity that was announced."""

    seen = HiddenField()

    def stands_beside(self, card: Card) -> list[tuple[str, Any]]:
        """What the activity says now where something else was filled in, by the question; to be looked at, and then the
        form can be sent again."""
        self.seen.data = told_of(card).digest
        said = filled(card)
        return [
            (field.label.text, getattr(card, name))
            for name, value in said.items()
            if not _alike((field := self._fields[name]).data, value)
        ]


class ActivityForm(ToldForm):
    """Of a new one."""

    kind = SelectField("哪一类", choices=[SelectChoice(kind.value, name) for kind, name in KIND_NAMES.items()])
    organiser = SelectField("谁办的", [InputRequired("请选谁办的")])
    level = SelectField(
        "谁能报",
        choices=[SelectChoice(level.name, words) for level, words in LEVELS.items()],
        default=Level.L1.name,
    )
    groups = FieldList(FormField(GroupForm), min_entries=1, max_entries=MOST_GROUPS)
    companions = SelectField(
        "一个人能带几个",
        coerce=int,
        choices=[SelectChoice(one, str(one)) for one in range(MOST_COMPANIONS + 1)],
    )
    waiting_list = BooleanField("满了可以排队，有人退了自动补上")
    offers = BooleanField("轮到的人先问要不要，到时没有回应就给下一位")
    waiting_first = Ticks("排队时先给谁", choices=WORKS)

    def with_unions(self, organisers: Sequence[TradeUnion], members: Sequence[TradeUnion]) -> "ActivityForm":
        """The same, with the unions to choose from."""
        self.organiser.choices = [SelectChoice(str(union.id), union.name) for union in organisers]
        for group in self.groups:
            group.form.with_unions(members)
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Also what concerns several answers at once."""
        fine = bool(super().validate(extra_validators))
        seen: set[str] = set()
        for group in self.groups:
            name = group.form.name
            if name.data and name.data in seen:
                name.errors = [*name.errors, "上面有一组也叫这个，换一个名字"]
                fine = False
            seen.add(name.data or "")
        for field, words in ((self.offers, "先问要不要"), (self.waiting_first, "先给谁")):
            if field.data and not self.waiting_list.data:
                field.errors = [*field.errors, f"满了不排队，就没有“{words}”：勾上可以排队，或者不选这个"]
                fine = False
        return fine

    def announced(self, organiser: TradeUnion) -> NewActivity:
        """What the form says.

        Raises:
            Problem: 422 for times that are not in order.
        """
        told = self.told()
        return NewActivity(
            **{name: getattr(told, name) for name in Told.__struct_fields__},
            kind=ActivityKind(self.kind.data),
            district_code=organiser.area_code[:DISTRICT_DIGITS],
            organiser_id=organiser.id,
            required_level=Level[self.level.data],
            groups=[group.form.group(f"g{place}") for place, group in enumerate(self.groups, 1)],
            waiting_list=bool(self.waiting_list.data),
            offers=bool(self.offers.data),
            waiting_first=_works(self.waiting_first),
            companions=self.data["companions"],
        )


def filled(card: Card) -> dict[str, Any]:
    """What an activity says, as `ToldForm` shows it."""
    words = ("title", "summary", "rules", "place")
    return {name: getattr(card, name) for name in words} | {name: _local(getattr(card, name)) for name in TIMES}


def copied(shown: Shown) -> dict[str, Any]:
    """An activity as the beginning of a new one: by whole weeks later, on the first such day that is to come."""
    card = shown.card
    weeks = max(0, (now() - card.starts_at) // timedelta(weeks=1) + 1)
    # One that is still to come is held again a week after it.
    later = timedelta(weeks=max(1, weeks))
    given = filled(card)
    for name in TIMES:
        given[name] += later
    if given["opens_at"] <= _local(now()):
        given["opens_at"] = None
    return given | {
        "kind": card.kind.value,
        "level": card.required_level.name,
        "companions": card.companions,
        "waiting_list": card.waiting_list,
        "offers": card.offers,
        "waiting_first": sorted(card.waiting_first or ()),
        "groups": [
            {
                "name": group.name,
                "seats": shown.left(group).capacity,
                "work": sorted(group.worker_groups or ()),
                "members_of": "" if group.members_of is None else str(group.members_of.id),
            }
            for group in card.groups
        ],
    }


def _alike(filled_in: Any, said: Any) -> bool:
    if isinstance(said, datetime):
        return bool(filled_in == said.replace(second=0, microsecond=0))
    return bool((filled_in or "") == said)


def _works(field: Ticks) -> list[WorkerGroup] | None:
    return [WorkerGroup(one) for one in field.data] if field.data else None


def _local(instant: datetime) -> datetime:
    """As the form's controls want it."""
    return instant.astimezone(SHANGHAI).replace(tzinfo=None)

"""办案看板: all cases of a service at a glance; who can be assigned; and what is in one's own hands."""

from flask import Blueprint, Response, flash, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from wtforms import IntegerField, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from server.cases import boards
from server.cases import unpaid as paid_for
from server.cases.assigning import service as assigning
from server.cases.assigning.service import Profile
from server.cases.boards import Card, Limit
from server.cases.declaration import Service
from server.console.clock_marks import ClockMark, mark_of
from server.console.forms import ConsoleForm, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.nav import services_with_boards
from server.console.pages import page
from server.core.clock import now
from server.core.db import db, read_only
from server.core.errors import not_found
from server.core.web.guard import access
from server.unions.staff.service import names_of
from server.unions.staff.vocabulary import Right

bp = Blueprint("boards", __name__)

URGENT_DAYS, NEAR_DAYS = 7, 30
"""Below the first aid may come before the papers (法律援助法 44)."""


class Tag(Struct, frozen=True):
    """A date of the law as it is shown: words, colour and icon say the same."""

    words: str
    kind: str
    icon: str


class Shown(Struct, frozen=True):
    """A card with its marks."""

    card: Card
    marks: list[tuple[str, ClockMark]]
    """Name of the promise and how it stands."""
    tag: Tag | None
    first_aid: bool
    """Less than seven days are left and nobody works on it yet."""


class Choices(SelectMultipleField):
    """Ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProfileForm(ConsoleForm):
    skills = Choices("能办什么")
    languages = Choices("会说什么话")
    most = IntegerField(
        "同时最多办几件", [InputRequired("请填一个数"), NumberRange(1, 200, message="要在 1 到 200 之间")]
    )
    phone = StringField("工作电话（会告诉工友）", [Length(max=30, message="最多 30 个字")], filters=[stripped])
    account = StringField("补贴发到哪里", [Length(max=200, message="最多 200 个字")], filters=[stripped])
    parties = TextAreaField("还在替谁办事", [Length(max=4000, message="最多 4000 个字")], filters=[stripped])


@bp.get("/boards")
@access.staff(Right.CASE_READ)
@read_only
def first() -> Response:
    """The board of the first service that has one."""
    found = services_with_boards(member())
    return _board(found[0]) if found else page("console/boards/none.html")


@bp.get("/boards/<key>")
@access.staff(Right.CASE_READ)
@read_only
def show(key: str) -> Response:
    """The board."""
    return _board(_service(key))


def _board(service: Service) -> Response:
    stages = boards.board_of(service, staff_no=member().number)
    return page(
        "console/boards/board.html",
        service=service,
        pays=paid_for.pays_assignees(service),
        stages=[(stage, [_shown(card) for card in stage.cards]) for stage in stages],
    )


@bp.get("/boards/<key>/people")
@access.staff(Right.CASE_WORK)
def people(key: str) -> Response:
    """Who can be assigned: load, skills, languages, conflicts, leave. That somebody looked is recorded."""
    service = _service(key)
    with hidden():
        found = assigning.everybody(service, staff_no=member().number)
    return page(
        "console/boards/people.html",
        service=service,
        rule=assigning.assignment_of(service),
        people=found,
        skills=_words(service, "skill"),
        languages=_words(service, "language"),
    )


@bp.get("/boards/<key>/unpaid")
@access.staff(Right.CASE_WORK)
def unpaid(key: str) -> Response:
    """Ended cases of which whoever had them is not paid yet. That somebody looked is recorded."""
    service = _service(key)
    if not paid_for.pays_assignees(service):
        raise not_found()
    rows = paid_for.unpaid(service, staff_no=member().number)
    numbers = {number for one in rows for number in (one.staff_no, one.asked_by) if number is not None}
    return page(
        "console/boards/unpaid.html",
        service=service,
        rule=assigning.assignment_of(service),
        rows=rows,
        names=names_of(db.session(), numbers),
    )


@bp.route("/boards/<key>/people/<number>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
def person(key: str, number: str) -> ResponseReturnValue:
    """What is known of one of them. That somebody looked is recorded."""
    service, who = _service(key), member()
    with hidden():
        one, profile = assigning.one_of(service, number=number, staff_no=who.number)
    form = ProfileForm(
        skills=sorted(one.skills),
        languages=sorted(one.languages),
        most=one.most,
        phone=profile.phone if profile else "",
        account=profile.account if profile else "",
        parties=profile.parties if profile else "",
    )
    form.skills.choices = [SelectChoice(*one) for one in _words(service, "skill").items()]
    form.languages.choices = [SelectChoice(*one) for one in _words(service, "language").items()]
    if form.is_submitted():

        def keep() -> None:
            assigning.keep_profile(service, number=number, profile=_profile(form), by=who.number)

        if form.done_by(keep):
            flash("记下了", "done")
            return go(url_for("console.boards.people", key=key))
    return page(
        "console/boards/person.html",
        status=422 if form.is_submitted() else 200,
        service=service,
        person=one,
        rule=assigning.assignment_of(service),
        form=form,
    )


@bp.get("/mine")
@access.staff(Right.CASE_ASSIGNED)
@read_only
def mine() -> Response:
    """What is in one's own hands, with hearings."""
    cards = [_shown(card) for card in boards.mine(staff_no=member().number)]
    return page(
        "console/boards/mine.html",
        asked=[one for one in cards if not one.card.accepted],
        taken=[one for one in cards if one.card.accepted],
    )


def _profile(form: ProfileForm) -> Profile:
    return Profile(
        skills=form.skills.data or [],
        languages=form.languages.data or [],
        most=form.most.data or 1,
        phone=form.phone.data or None,
        account=form.account.data or None,
        parties=(form.parties.data or "").replace("\r\n", "\n"),
    )


def _service(key: str) -> Service:
    found = next((one for one in services_with_boards(member()) if one.key == key), None)
    if found is None:
        raise not_found()
    return found


def _words(service: Service, part: str) -> dict[str, str]:
    key = getattr(assigning.assignment_of(service), part)
    field = None if key is None else service.form.declaration.field(key)
    return {} if field is None else {choice.value: choice.label for choice in field.choices}


def _shown(card: Card) -> Shown:
    at = now()
    limit = card.limit
    left = None if limit is None else limit.days_left
    return Shown(
        card=card,
        marks=[(clock.name, mark_of(clock, at=at)) for clock in card.clocks],
        tag=None if limit is None else _tag(limit),
        first_aid=left is not None and 0 <= left < URGENT_DAYS and not card.accepted,
    )


def _tag(limit: Limit) -> Tag:
    left = limit.days_left
    if left is None:
        return Tag(f"{limit.name}：日子还不知道，快问", "danger", "alert-triangle")
    if left < 0:
        return Tag(f"{limit.name}：按填的日期过了 {-left} 天", "danger", "alert-triangle")
    kind = "danger" if left <= 15 else "warn" if left <= NEAR_DAYS else "open"
    drawn = "alert-triangle" if left <= 15 else "calendar-event"
    return Tag(f"{limit.name}：{'今天' if left == 0 else f'还有 {left} 天'}", kind, drawn)

"""待办事项: the cases that wait, by the promise that ends next; what somebody looks at often is kept as a filter."""

import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from server.cases import queue
from server.cases.catalogue import catalogue
from server.cases.declaration import Service
from server.cases.queue import Due, Question, Waiting, Whose
from server.cases.vocabulary import IDENTITY_NAMES, OVER, PHASE_NAMES, Phase
from server.clocks.deadlines import OwedBy
from server.console.bulk import together_for
from server.console.clock_marks import ClockMark, mark_of
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.member import member
from server.console.models import SavedFilter
from server.console.pages import page
from server.core.clock import now
from server.core.db import db, new_id, read_only, transaction
from server.core.errors import conflict, not_found
from server.core.web.guard import access
from server.unions.models import TradeUnion
from server.unions.staff.service import names_of
from server.unions.staff.sessions import SignedIn
from server.unions.staff.vocabulary import Right

bp = Blueprint("queue", __name__)

SEEING = (Right.CASE_READ, Right.CASE_ASSIGNED, Right.CASE_OUTSIDE)
"""Any one of them shows cases, each those that it is for."""
PAGE = 30
MOST_KEPT = 12
E = TypeVar("E", bound=StrEnum)

WHOSE = {
    Whose.MINE: "我手上的",
    Whose.NOBODY: "没人接的",
    Whose.OPEN: "我的和没人接的",
    Whose.TEAM: "同事手上的",
    Whose.LEFT: "请假、离岗没人代办的",
    Whose.ALL: "全部",
}
ANY_TURN = "all"
TURNS = {OwedBy.UNION: "工会", OwedBy.WORKER: "工友", OwedBy.OUTSIDE: "外面的部门", ANY_TURN: "不限"}
DUES = {Due.OVER: "已超期", Due.TODAY: "今天以内", Due.WEEK: "七天以内"}
PHASES = {phase: name for phase, name in PHASE_NAMES.items() if phase not in OVER and phase is not Phase.DRAFT}

BY_UNION = "工会自己办的"
"""Said where otherwise stands how a worker asked: such a case is nobody's."""


class Line(Struct, frozen=True):
    """One row, as it is shown."""

    waiting: Waiting
    mark: ClockMark
    identity: str
    office: str | None
    """Where it was sent."""
    handler: str | None
    """Whoever has it in hand, with their number."""


class KeepForm(ConsoleForm):
    name = StringField("名字", [Needed("请给它起个名字"), Length(max=20, message="最多 20 个字")], filters=[stripped])
    query = HiddenField()


@bp.get("/cases")
@access.staff(*SEEING)
@read_only
def show() -> ResponseReturnValue:
    """The queue, or the case of the number that was typed."""
    who = member()
    right = right_of(who)
    typed = request.args.get("no", "").strip()
    if typed and (no := queue.found_by_number(typed, staff_no=who.number, right=right)):
        return redirect(url_for("console.cases.show", no=no), 303)
    return _show(who, right, KeepForm(), not_found_no=typed)


@bp.post("/cases/filters")
@access.staff(*SEEING)
def keep() -> ResponseReturnValue:
    """Keep the filters that are set, under a name; the same name again replaces."""
    who, form = member(), KeepForm()
    asked = {key: value for key, value in _asked_in(form.query.data or "").items() if value}

    if form.done_by(lambda: _keep(who.number, form.name.data or "", urlencode(asked))) is None:
        return _show(who, right_of(who), form, status=422)
    flash("记下了，在上面点一下就能用", "done")
    return redirect(f"{url_for('console.queue.show')}?{urlencode(asked)}", 303)


@bp.post("/cases/filters/<uuid:filter_id>/forget")
@access.staff(*SEEING)
def forget(filter_id: uuid.UUID) -> ResponseReturnValue:
    """Forget one of one's own."""
    with transaction() as session:
        gone = session.execute(
            sa.delete(SavedFilter)
            .where(SavedFilter.id == filter_id, SavedFilter.staff_no == member().number)
            .returning(SavedFilter.id)
        ).all()
    if not gone:
        raise not_found()
    flash("不再记着了", "done")
    return redirect(url_for("console.queue.show"), 303)


def forget_filters(_: object, *, number: str) -> None:
    """Those of an account that is closed go with it."""
    db.session.execute(sa.delete(SavedFilter).where(SavedFilter.staff_no == number))


def right_of(who: SignedIn) -> Right:
    """By which somebody sees cases: an office outside of the union sees less of them."""
    return Right.CASE_READ if {Right.CASE_READ, Right.CASE_ASSIGNED} & who.rights else Right.CASE_OUTSIDE


def lines_of(waiting: list[Waiting], offices: Mapping[uuid.UUID, TradeUnion]) -> list[Line]:
    """Rows to be shown."""
    at = now()
    names = names_of(db.session(), {one.handler_no for one in waiting if one.handler_no is not None})
    return [
        Line(
            waiting=one,
            mark=mark_of(one.clock, at=at),
            identity=BY_UNION if one.service.opened_from else IDENTITY_NAMES[one.identity_mode],
            office=found.name if one.union_id and (found := offices.get(one.union_id)) else None,
            handler=None if one.handler_no is None else f"{names.get(one.handler_no, '')}（{one.handler_no}）",
        )
        for one in waiting
    ]


def services_of(who: SignedIn, right: Right) -> list[Service]:
    """The services of whose cases somebody may see some."""
    rights = {right, Right.CASE_ASSIGNED} if right is Right.CASE_READ else {right}
    roles = [held.role for held in who.held if rights & held.role.rights]
    return [one for one in catalogue().current.values() if any(role.covers(one.key) for role in roles)]


def _show(who: SignedIn, right: Right, form: KeepForm, *, not_found_no: str = "", status: int = 200) -> Response:
    offices = {one.id: one for one in queue.offices_in_reach(staff_no=who.number, right=right)}
    asked = request.args if request.method == "GET" else _asked_in(form.query.data or "")
    question = _question(asked, offices)
    found = queue.waiting(question, staff_no=who.number, right=right, cursor=request.args.get("cursor"), limit=PAGE)
    kept = db.session.scalars(
        sa.select(SavedFilter).where(SavedFilter.staff_no == who.number).order_by(SavedFilter.created_at)
    ).all()
    form.query.data = urlencode({key: value for key, value in asked.items() if key not in {"cursor", "no"} and value})
    return page(
        "console/queue.html",
        status=status,
        lines=lines_of(found.items, offices),
        next_cursor=found.next_cursor,
        question=question,
        asked=asked,
        kept=kept,
        form=form,
        not_found_no=not_found_no,
        offices={one.code: one.name for one in offices.values()},
        services={one.key: one.name for one in services_of(who, right)},
        together=together_for(who),
        whose=WHOSE,
        turns=TURNS,
        dues=DUES,
        phases=PHASES,
    )


def _question(asked: Mapping[str, str], offices: Mapping[uuid.UUID, TradeUnion]) -> Question:
    """What the address asks for. What it does not know is as if it were not there."""
    turn = None if asked.get("turn") == ANY_TURN else _one_of(OwedBy, asked.get("turn")) or OwedBy.UNION
    return Question(
        whose=_one_of(Whose, asked.get("whose")) or Whose.MINE,
        turn=turn,
        service=asked.get("service") or None,
        phase=_one_of(Phase, asked.get("phase")),
        office_id=next((one.id for one in offices.values() if one.code == asked.get("office")), None),
        due=_one_of(Due, asked.get("due")),
        urgent=bool(asked.get("urgent")),
        unanswered=bool(asked.get("unanswered")),
    )


def _one_of(kind: type[E], value: str | None) -> E | None:
    return next((one for one in kind if one.value == value), None)


def _asked_in(query: str) -> dict[str, str]:
    """The filters of a query string: those that there are, and nothing else."""
    known = {"whose", "turn", "service", "phase", "office", "due", "urgent", "unanswered"}
    return {key: value[:40] for key, value in parse_qsl(query[:500]) if key in known}


def _keep(staff_no: str, name: str, query: str) -> None:
    with transaction() as session:
        others = session.scalar(
            sa.select(sa.func.count()).where(SavedFilter.staff_no == staff_no, SavedFilter.name != name)
        )
        if (others or 0) >= MOST_KEPT:
            raise conflict("too_many_filters", f"最多记 {MOST_KEPT} 个，请先删掉不用的")
        session.execute(
            insert(SavedFilter)
            .values(id=new_id(), staff_no=staff_no, name=name, query=query)
            .on_conflict_do_update(index_elements=["staff_no", "name"], set_={"query": query})
        )

"""会员: those of one's unions, how each membership went, and what the union opens about one."""

import uuid

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from server.cases.about_members import open_about, service_about_members, services_about_members
from server.cases.declaration import Service
from server.cases.forms.fields import FormField
from server.cases.models import Case
from server.cases.under_way import under_way
from server.console.controls import ASKED, answers_in, area_names, controls_of
from server.console.filling_in import say_beside
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.db import db
from server.core.errors import Problem
from server.core.web.guard import access
from server.unions.members import find_member, read_member, read_members
from server.unions.personal import STATES
from server.unions.rules import COUNTED
from server.unions.staff.vocabulary import Right
from server.unions.vocabulary import MembershipState

bp = Blueprint("members", __name__)


class NumberForm(ConsoleForm):
    number = StringField("会员号", [Needed("请填会员号")], filters=[stripped])


@bp.get("/members")
@access.staff(Right.MEMBERS)
def show() -> Response:
    """All, or those in one state; the look is recorded."""
    return _list(NumberForm())


@bp.post("/members")
@access.staff(Right.MEMBERS)
def find() -> ResponseReturnValue:
    """The one with a number, which is never in an address."""
    form = NumberForm()
    done = form.done_by(lambda: find_member(staff_no=member().number, number=form.number.data or ""))
    return _list(form, status=422) if done is None else go(url_for("console.members.one", membership_id=done.value))


@bp.get("/members/<uuid:membership_id>")
@access.staff(Right.MEMBERS)
def one(membership_id: uuid.UUID) -> Response:
    """One member; the look is recorded."""
    found = read_member(staff_no=member().number, membership_id=membership_id)
    who = found.member
    opens = [(service, _open_one(service, who.worker_id)) for service in services_about_members()]
    return page("console/members/member.html", found=found, states=STATES, opens=opens if who.state in COUNTED else [])


@bp.route("/members/<uuid:membership_id>/<service>", methods=["GET", "POST"])
@access.staff(Right.MEMBERS)
@sent_once
def open_one(membership_id: uuid.UUID, service: str) -> ResponseReturnValue:
    """Open a case about a member: what the union wants, and why. The member is told and heard first."""
    who = member().number
    found = read_member(staff_no=who, membership_id=membership_id)
    with hidden():
        declared = service_about_members(service)
    form = _form(declared)
    if form.is_submitted():
        done = form.done_by(lambda: _open(declared, found.member.worker_id, form))
        if done is not None:
            flash("交上去了，已经告诉本人，等本人说说情况", "done")
            return redirect(url_for("console.cases.show", no=done.value.no), 303)
    return page(
        "console/members/open.html",
        status=422 if form.is_submitted() else 200,
        found=found,
        service=declared,
        form=form,
        fields=_asked(declared),
        prefix=ASKED,
        answers={},
        others={},
        areas=area_names,
    )


def _list(form: NumberForm, *, status: int = 200) -> Response:
    asked = request.args.get("state")
    state = MembershipState(asked) if asked in set(MembershipState) else None
    found = read_members(staff_no=member().number, state=state, cursor=request.args.get("cursor"))
    return page("console/members/list.html", status=status, found=found, form=form, states=STATES, state=state)


def _open_one(service: Service, worker_id: uuid.UUID) -> Case | None:
    return under_way(db.session(), service, worker_id)


def _asked(service: Service) -> list[FormField]:
    """What whoever opens it says; the rest is for the member."""
    return [field for field in service.form.declaration.fields() if field.by_staff and field.answers]


def _form(service: Service) -> ConsoleForm:
    made: ConsoleForm = type("AboutForm", (ConsoleForm,), controls_of(_asked(service)))()
    return made


def _open(service: Service, worker_id: uuid.UUID, form: ConsoleForm) -> Case:
    given = answers_in(_asked(service), form.data, {})
    answers = {key: answer for key, answer in given.items() if answer is not None}
    try:
        return open_about(service=service.key, worker_id=worker_id, staff_no=member().number, answers=answers)
    except Problem as problem:
        say_beside(_asked(service), form, problem)
        raise

"""审计: who did what, whether the log is whole, and alarms about unusual reading. For audit administrators."""

import uuid
from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from server.cases.audited import audited, id_of, named_in
from server.cases.retention import receipts as retention
from server.cases.retention.classes import retention_rules
from server.cases.retention.purging import waiting
from server.cases.vocabulary import Actor
from server.console.asked import day_in, number_in
from server.console.audit_words import FAMILIES, TROUBLES, said_of
from server.console.member import member
from server.console.pages import page
from server.core import audit
from server.core.audit import browsing, reading, verifying
from server.core.audit.browsing import Wanted
from server.core.clock import midnight, now, today
from server.core.errors import conflict
from server.core.web.guard import access
from server.unions.staff.vocabulary import Right

bp = Blueprint("audit_log", __name__)

AT_FIRST = timedelta(days=7)
CASE = "case"
"""What acts on cases are on."""
ACTORS = {Actor.WORKER: "工友", Actor.STAFF: "工作人员", Actor.SYSTEM: "系统"}


@bp.get("/audit")
@access.staff(Right.AUDIT)
def show() -> Response:
    """Acts of a week, or of the days and persons that are asked for; alarms above them."""
    last = day_in("to", default=today())
    first = day_in("from", default=last - AT_FIRST)
    number = request.args.get("number", "").strip()
    subject = request.args.get("subject", "").strip()
    wanted = Wanted(
        begin=midnight(first),
        end=midnight(last + timedelta(days=1)),
        actor=audit.staff(number) if number else "",
        kind=request.args.get("kind", ""),
        # A case is asked for by its number, and kept by its id.
        subject=str(id_of(subject.upper()) or subject),
    )
    found = browsing.find(wanted, actor=member().actor, cursor=request.args.get("cursor"))
    says = {rule.key: rule.says for rule in reading.rules()}
    return page(
        "console/audit/log.html",
        found=found,
        said_of=said_of,
        cases=named_in({one.subject_id for one in found.items if one.subject_kind == CASE and one.subject_id}),
        kinds=FAMILIES,
        asked={
            "from": first.isoformat(),
            "to": last.isoformat(),
            "number": number,
            "kind": wanted.kind,
            "subject": subject,
        },
        alarms=[(alarm, says.get(alarm.rule, alarm.rule)) for alarm in reading.open_alarms()],
    )


@bp.get("/audit/cases/<no>")
@access.staff(Right.AUDIT)
def case(no: str) -> Response:
    """Who made which step of a case when, and whether promises were kept; nothing of whom it is. Recorded."""
    one = audited(no=no, staff_no=member().number)
    begin = (one.created_at - timedelta(days=1)).date().isoformat()
    return page("console/audit/case.html", one=one, actors=ACTORS, at=now(), begin=begin)


@bp.post("/audit/verify")
@access.staff(Right.AUDIT)
def verify() -> Response:
    """Check the whole chain, which takes a while."""
    return page("console/audit/verified.html", report=verifying.verify(), troubles=TROUBLES)


@bp.get("/audit/receipts")
@access.staff(Right.AUDIT)
def receipts() -> Response:
    """What was removed because its time was over, and how long everything is kept."""
    found = retention.receipts(before=number_in(request.args.get("before", "")), actor=member().actor)
    return page("console/audit/receipts.html", receipts=found, rules=retention_rules(), waiting=waiting(at=now()))


@bp.post("/audit/receipts/verify")
@access.staff(Right.AUDIT)
def verify_receipts() -> Response:
    """Check every receipt against its seal and the audit."""
    return page("console/audit/receipts_verified.html", found=retention.check_receipts())


@bp.post("/audit/alarms/<uuid:alarm_id>/settle")
@access.staff(Right.AUDIT)
def settle(alarm_id: uuid.UUID) -> ResponseReturnValue:
    """Note that somebody looked into an alarm."""
    try:
        reading.settle(alarm_id=alarm_id, actor=member().actor)
    except LookupError:
        raise conflict("not_to_settle", "这个警报已经处理过，或者说的就是你自己") from None
    flash("记下了：这个警报你核实过", "done")
    return redirect(url_for("console.audit_log.show"), 303)

"""一起办: one step for many cases, where a service declares that it may be; what became of each is told."""

from flask import Blueprint, Response, request, url_for

from server.cases import bulk
from server.cases.actions import Action
from server.cases.declaration import Service
from server.console.asked import number_in
from server.console.member import member
from server.console.pages import page
from server.core.web.guard import access
from server.unions.staff.sessions import SignedIn
from server.unions.staff.vocabulary import Right

bp = Blueprint("bulk", __name__)


def together_for(who: SignedIn) -> list[tuple[Service, Action]]:
    """What somebody may do for many cases at once."""
    return [
        (service, Action(step, None))
        for service, step in bulk.bulk_steps()
        if any(step.right in held.role.rights and held.role.covers(service.key) for held in who.held)
    ]


@bp.get("/cases/together/<service>/<code>")
@access.staff(Right.CASE_WORK)
def show(service: str, code: str) -> Response:
    """The cases that wait for it, with what has to be read of each. That they were read is recorded."""
    found = bulk.candidates(service=service, code=code, staff_no=member().number, cursor=request.args.get("cursor"))
    declared, action = _chosen(service, code)
    return page("console/together.html", found=found, service=declared, action=action)


@bp.post("/cases/together/<service>/<code>")
@access.staff(Right.CASE_WORK)
def act(service: str, code: str) -> Response:
    """Do it for those that were chosen, each by itself. A second click does nothing a second time."""
    chosen = [_read(one) for one in dict.fromkeys(request.form.getlist("case"))][: bulk.AT_ONCE]
    outcomes = bulk.make_for_all(
        service=service, code=code, staff_no=member().number, chosen=[one for one in chosen if one is not None]
    )
    declared, action = _chosen(service, code)
    return page(
        "console/together_done.html",
        outcomes=outcomes,
        done=sum(one.refusal is None for one in outcomes),
        service=declared,
        action=action,
        again=url_for("console.bulk.show", service=service, code=code),
    )


def _read(typed: str) -> tuple[str, int] | None:
    """`number:version`"""
    no, _, written = typed.partition(":")
    version = number_in(written)
    return None if version is None else (no[:40], version)


def _chosen(service: str, code: str) -> tuple[Service, Action]:
    return next(
        (declared, Action(step, None))
        for declared, step in bulk.bulk_steps()
        if (declared.key, step.code) == (service, code)
    )

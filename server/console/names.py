"""Names that are known here, offered while one is typed: another name may be written all the same."""

from collections.abc import Sequence
from enum import StrEnum

from flask import Blueprint, Response, request

from server.console.member import member
from server.console.pages import part
from server.core.db import read_only
from server.core.errors import not_found
from server.core.web.guard import access
from server.stations.desk import names_with
from server.unions.staff.directory import organisations_named
from server.unions.staff.vocabulary import Right

bp = Blueprint("names", __name__)

MOST = 20


class Names(StrEnum):
    """What a name is of."""

    STATION = "station"
    ORGANISATION = "organisation"


@bp.get("/names/<kind>")
@access.staff(Right.CASE_WORK)
@read_only
def show(kind: str) -> Response:
    """Options for the control that asks, which sends what stands in it under its own name."""
    if kind not in set(Names):
        raise not_found()
    typed = next(iter(request.args.values()), "").strip()[:50]
    return part("console/_names.html", names=_names(Names(kind), typed) if typed else ())


def _names(kind: Names, typed: str) -> Sequence[str]:
    match kind:
        case Names.STATION:
            return names_with(typed, staff_no=member().number, limit=MOST)
        case Names.ORGANISATION:
            return organisations_named(typed, by=member().number, limit=MOST)

"""Where a step sends a case: to a union that it names, along the service's own rules, home, or up.

It lies with one union. NULL on a case says that this is the one that its worker belongs to; who belongs to none has an
office as well, never all of them, and so has what is kept away from where they belong.
"""

import uuid

from server.cases.declaration import Service
from server.cases.forms.fields import Answers
from server.cases.homes import home_of
from server.cases.models import Case
from server.cases.routing import Destination, district_over, next_above, office_for_nobodys, office_of_union, routed
from server.cases.vocabulary import Office
from server.core.db import db
from server.core.errors import conflict


def send(case: Case, service: Service, to: Destination) -> None:
    """Let it lie there."""
    case.union_id, case.meant_for_id = to.office, to.meant_for
    case.away_from_home = case.away_from_home or to.away_from_home
    if to.office is None and case.away_from_home:
        # Neither their own union nor that of the place they tapped: either may be what it is about.
        case.union_id = office_for_nobodys(db.session(), service, worker_id=None, place=None)
    elif to.office is None:
        case.union_id = office_for_nobodys(db.session(), service, worker_id=case.worker_id, place=case.place)


def keep_who_judges(service: Service, before: Answers, after: Answers) -> None:
    """Let answers change that do not touch whose deeds a case is about: it would stay with them, with what they know of
    it by now, or go to those whom the new answers are about. What is objected to can be named later, and stays.

    Raises:
        Problem: 409, telling what to do instead.
    """
    key = service.objects_to
    codes = [None if key is None else (answers.get(key) or {}).get("code") for answers in (before, after)]
    if codes[0] is not None and codes[0] != codes[1]:
        raise conflict("other_publication", "选了的公示不能换：对另一条有异议，请另外提交一件。什么都没有保存")
    about = [{(way.field, answers.get(way.field)) for way in service.ways_away(answers)} for answers in (before, after)]
    if about[0] != about[1]:
        raise conflict("judged_elsewhere", "这样改就该由别的工会办了，这一件里改不了：请另外提交一件。什么都没有保存")


def destination_of(
    case: Case, service: Service, office: Office, answers: Answers, *, named: uuid.UUID | None = None
) -> Destination:
    """Where a case goes.

    Args:
        named: the union that whoever makes the step writes down, where it takes one.
    """
    session = db.session()
    match office:
        case Office.TO:
            return Destination(named)
        case Office.BACK:
            return _first(case, service, answers)
        case Office.ROUTE:
            return routed(session, service, answers)
        case Office.HOME:
            return Destination(home_of(case))
        case Office.DISTRICT:
            # To say for whom it is.
            return Destination(district_over(session, service, case.union_id or home_of(case)))
        case Office.UP:
            # Who decides changes, not whom it is for.
            place = next_above(session, service, case.union_id or home_of(case))
            return Destination(place, case.meant_for_id or (case.union_id if case.union_id != place else None))


def _first(case: Case, service: Service, answers: Answers) -> Destination:
    """Back to the union that sent it on, which may be of another district than the one that returns it; the nearest
    above with staff where that has nobody left.

    Where it is not known, of what was sent before that was kept: along the rules or home, else to the district over
    whoever returns it.
    """
    found = routed(db.session(), service, answers) if service.route else Destination(None)
    if case.sent_from_id is not None:
        sender = office_of_union(db.session(), service, case.sent_from_id)
        return found if found.office == sender else Destination(sender)
    if found.office is not None or case.place is not None or home_of(case) is not None:
        return found
    over = district_over(db.session(), service, case.union_id)
    return Destination(None if over == case.union_id else over)

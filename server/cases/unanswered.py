"""What a worker wrote and nobody of the staff has answered: told to whoever has the case, shown until somebody did.

A step of the flow has its promise, a message has none: of a case that was answered already nothing else would press,
and what its worker still says would be read by nobody.
"""

from datetime import datetime

from server.cases.authority import require_staff
from server.cases.barring import refuse_out
from server.cases.declaration import Service
from server.cases.handlers import tell_handler_or_desk
from server.cases.locking import lock
from server.cases.models import Case
from server.cases.steps import CHANGED
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import conflict
from server.unions.staff.vocabulary import Right

WROTE = "case.wrote"
"""Kind of the message to whoever has it in hand."""
CALM = "工友写了新的话"
ALARMING = "工友写了新的话，里面可能说到危险，请马上看"


def leave_unanswered(case: Case, service: Service, *, at: datetime, alarming: bool = False) -> None:
    """Note that the worker of a locked case said something; whoever has it hears of it, once until it is answered.

    Args:
        alarming: the words may mean danger: told even if something waited already.
    """
    waited = case.unanswered_since is not None
    case.unanswered_since = case.unanswered_since or at
    if alarming or not waited:
        # One that was merged lies with whoever has the one that leads.
        of = case if case.lead_id is None else db.session.get_one(Case, case.lead_id)
        text = f"{case.no}（{service.name}）{ALARMING if alarming else CALM}"
        tell_handler_or_desk(of, kind=WROTE, text=text, at=at, about=case)


def note_read(*, no: str, staff_no: str, version: int) -> Case:
    """Note that somebody read what the worker wrote, and that it needs no answer. Done twice changes nothing.

    Args:
        version: of the case as it lay before them: nothing that came since is taken for read.

    Raises:
        Problem: 403 for whoever may not; 404; 409 for whoever is out of the case, and when something came since.
    """
    with transaction():
        case, _ = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        refuse_out(case, staff_no)
        if case.unanswered_since is not None:
            if case.version != version:
                raise conflict(CHANGED, "工友可能又写了话，或者刚刚有人改过：请看看再点")
            case.unanswered_since = None
            audit.record(actor=audit.staff(staff_no), action="case.note_read", subject_kind="case", subject_id=case.id)
        return case

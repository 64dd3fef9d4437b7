"""Opening an account at the desk for whom a case was typed: one asks, with the paper before them; another looks too."""

from datetime import date

import sqlalchemy as sa
from msgspec import Struct

from server.cases.authority import may_verify, require_staff
from server.cases.locking import lock
from server.cases.models import Case, CaseProposal
from server.cases.proposals import open_proposals, propose
from server.cases.proxies.models import CaseProxy
from server.cases.proxies.tying import Paper, paper_of, proxy_to_tie, refuse_with_account, write_down
from server.cases.steps import moment
from server.cases.vocabulary import PairedAct
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import not_found, unprocessable
from server.identity.in_person import refuse_too_young
from server.identity.verification import Claim
from server.unions.staff.authority import not_allowed
from server.unions.staff.vocabulary import Right


class Shown(Struct, frozen=True):
    """An account that is asked for, as whoever may decide reads it."""

    case: Case
    proposal: CaseProposal
    paper: Paper | None
    """None once it was removed."""
    proxy: CaseProxy


def ask_account(
    *,
    no: str,
    staff_no: str,
    claim: Claim,
    paper: Paper,
    born: date | None = None,
    where: str,
    agreed: bool,
) -> Case:
    """Ask for an account, with the original before one and the consent read aloud.

    Args:
        claim: the same as in `paper`, checked.
        born: as the paper says, where its number does not tell. It is looked at and not kept.
        where: how the person was seen, in words for colleagues.
        agreed: whether they said yes to having name and number kept.

    Raises:
        Problem: 403 for whoever may not; 404; 409 when it is asked for already or there is an account; 422.
    """
    refuse_too_young(claim, born=born)
    if not agreed:
        raise unprocessable({"agreed": ["要念给工友听，他同意了才能开"]})
    with transaction():
        case, _ = lock(no=no)
        _require_verifier(case, staff_no)
        refuse_with_account(case)
        proxy = proxy_to_tie(case)
        at = moment(case)
        proposal = CaseProposal(step=PairedAct.ACCOUNT.value, text=where, asked_by=staff_no, asked_at=at)
        propose(case, proposal, what=PairedAct.ACCOUNT.value)
        write_down(proxy, paper)
        return case


def case_for_account(*, no: str, staff_no: str) -> tuple[Case, CaseProxy]:
    """A case of somebody for whom an account may be asked.

    Raises:
        Problem: 403 for whoever may not, 404; 409 where there is an account, or nobody typed it for somebody else.
    """
    case = _case(no, staff_no)
    refuse_with_account(case)
    return case, proxy_to_tie(case)


def waiting_account(*, no: str, staff_no: str) -> Shown | None:
    """What is asked for and waits, for a second person to compare with the original; None where nothing is.

    That it was read is recorded.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    with transaction():
        case = _case(no, staff_no)
        proposal = next((one for one, what in open_proposals(case) if what == PairedAct.ACCOUNT.value), None)
        proxy = db.session.get(CaseProxy, case.id)
        if proposal is None or proxy is None:
            return None
        audit.record(actor=audit.staff(staff_no), action="case.read_paper", subject_kind="case", subject_id=case.id)
        return Shown(case=case, proposal=proposal, paper=paper_of(proxy), proxy=proxy)


def _case(no: str, staff_no: str) -> Case:
    case = db.session.scalar(sa.select(Case).where(Case.no == no))
    if case is None:
        raise not_found()
    _require_verifier(case, staff_no)
    return case


def _require_verifier(case: Case, staff_no: str) -> None:
    require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
    if not may_verify(case.id, staff_no=staff_no):
        raise not_allowed(Right.VERIFICATION)

"""The account of somebody for whom a case was typed: what stands on their paper, and tying the case to the account."""

from datetime import date, datetime, timedelta

import msgspec
import sqlalchemy as sa

from server.cases.asking import refuse_for_whom_it_is_not
from server.cases.catalogue import version_of
from server.cases.filling import keep_consents, read_aloud
from server.cases.models import Case, CaseProposal
from server.cases.proxies.models import CaseProxy
from server.cases.ratings import ask_now_that_there_is_an_account
from server.cases.telling import tell_worker
from server.cases.under_way import under_way
from server.cases.vocabulary import IdentityMode, PairedAct
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import Problem, conflict
from server.core.private import Private
from server.identity.consents import GivenConsent, record_consents
from server.identity.in_person import NotOpened, Seen, account_of
from server.identity.models import ConsentKey, WorkerGroup
from server.identity.papers import IdNumber, IdType
from server.identity.verification import Claim
from server.notices.worded import worded

OPEN_FOR = timedelta(days=7)
"""So long a paper waits for a second person."""
NOT_TIED = frozenset({"has_account", "paper_gone", "not_opened", "anonymous", "not_typed"})
"""Codes of the refusals that say what is to be done instead."""


class Paper(Private, frozen=True):
    """What stands on the original, and what else was seen."""

    name: str
    id_type: IdType
    id_number: str
    worker_group: WorkerGroup
    valid_to: date | None
    """Last day; None for a paper without an end."""
    consent: str
    """Version of the text on keeping name and number that was read aloud, to which they said yes."""
    own_phone: bool
    """Whether the phone that was left is theirs, and rang before the staff."""


def write_down(proxy: CaseProxy, paper: Paper) -> None:
    """Keep it until a second person has decided."""
    proxy.paper = msgspec.json.encode(paper).decode()


def paper_of(proxy: CaseProxy) -> Paper | None:
    """What waits for a second person."""
    return None if proxy.paper is None else msgspec.json.decode(proxy.paper, type=Paper)


def refuse_with_account(case: Case) -> None:
    """Let a case pass whose worker has no account here, and may have one.

    Raises:
        Problem: 409.
    """
    if case.identity_mode is not IdentityMode.NAMED:
        raise conflict("anonymous", "匿名的不能开账号：谁也不知道是谁")
    if case.worker_id is not None:
        raise conflict("has_account", "这件事已经在工友自己的账号里了，不用再开")


def tie(case: Case, proposal: CaseProposal, *, at: datetime) -> None:
    """A second person has seen the paper too: a locked case becomes its worker's, who counts as seen.

    What was agreed to when it was read aloud stands in the account. The phone that was left stays with the case only
    where the account has none.

    Raises:
        Problem: 409 when there is an account already, the paper was removed, the number belongs to another name, or
            the service is not for whoever it turned out to be.
    """
    refuse_with_account(case)
    proxy = proxy_to_tie(case)
    paper = paper_of(proxy)
    if paper is None:
        raise conflict("paper_gone", "证件信息放了一周，已经删了。请选“不批准”，和工友当面重新提")
    number = IdNumber(paper.id_type, paper.id_number, born=None)
    claim = Claim(number=number, name=paper.name, worker_group=paper.worker_group)
    phone = proxy.phone if paper.own_phone else None
    try:
        worker = account_of(db.session(), Seen(claim=claim, valid_to=paper.valid_to, phone=phone))
    except NotOpened as why:
        raise conflict("not_opened", str(why)) from None
    service = version_of(case.service, case.service_version)
    try:
        refuse_for_whom_it_is_not(db.session(), service, worker.id)
    except Problem as why:
        said = f"这件事不是给这位工友办的（{why.title}）。告诉工友，写明理由结束这一件"
        raise conflict("not_opened", said) from None
    other = under_way(db.session(), service, worker.id) if service.one_at_a_time else None
    if other is not None:
        raise conflict("not_opened", f"这位工友已经有一件在办：{other.no}。在那一件上接着办；这一件写明理由结束")
    case.worker_id, case.secret_digest = worker.id, None
    case.version += 1
    case.updated_at = at
    proxy.name = proxy.paper = None
    if worker.phone is not None:
        proxy.phone = proxy.phone_hmac = None
    heard = read_aloud(proposal.asked_by, at=proposal.asked_at)
    keep_consents(case, [GivenConsent(ConsentKey.IDENTITY, paper.consent)], how=heard)
    given = [GivenConsent(ConsentKey(one["key"]), one["version"]) for one in case.consents]
    record_consents(worker_id=worker.id, given=given)
    ask_now_that_there_is_an_account(case, at=at)
    audit.record(
        actor=audit.staff(proposal.decided_by or ""),
        action="account.open",
        subject_kind="worker",
        subject_id=worker.id,
        detail={"proposed_by": proposal.asked_by, "case": str(case.id)},
    )
    tell_worker(
        case,
        kind="case.handling",
        title="工会给你开了账号",
        body=worded(
            "{no} 归到你的账号里了，不用再认领。工会两个人看过你的证件，要核对本人才能办的事现在可以办了。",
            no=case.no,
        ),
    )


def proxy_to_tie(case: Case) -> CaseProxy:
    """Who typed a case.

    Raises:
        Problem: 409 where nobody did for somebody else.
    """
    proxy = db.session.get(CaseProxy, case.id, populate_existing=True)
    if proxy is None:
        raise conflict("not_typed", "这件事不是别人代填的，不用在这里开账号")
    return proxy


def forget_paper(case: Case) -> None:
    """It was declined: nothing of the paper is kept."""
    proxy_to_tie(case).paper = None


def forget_papers(*, before: datetime) -> None:
    """Remove what waited too long for a second person."""
    old = sa.select(CaseProposal.case_id).where(
        CaseProposal.step == PairedAct.ACCOUNT.value,
        CaseProposal.decided_at.is_(None),
        CaseProposal.asked_at < before - OPEN_FOR,
    )
    with transaction() as session:
        session.execute(
            sa.update(CaseProxy).where(CaseProxy.paper.is_not(None), CaseProxy.case_id.in_(old)).values(paper=None)
        )

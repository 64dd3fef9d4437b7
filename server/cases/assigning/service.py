"""Who can be assigned a case, what is known of them, and who has it now."""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.cases.assigning.models import CaseAssignee, CaseAssignment, Ending
from server.cases.assigning.rules import Candidate, Matter, Party, Person, ranked, read_parties
from server.cases.capabilities.models import CasePayment
from server.cases.declaration import Assignment, Service
from server.cases.forms.fields import Answers
from server.cases.forms.sentences import PATTERNS
from server.cases.forms.speaking import spoken
from server.cases.homes import home_of
from server.cases.models import Case
from server.core import audit
from server.core.clock import today
from server.core.db import db, transaction
from server.core.errors import conflict, not_found
from server.notices.staff import ASSIGNMENT, OWN_PHONES
from server.unions.duty.service import away_on
from server.unions.staff.authority import authorise, holders_of
from server.unions.staff.models import StaffAccount
from server.unions.staff.vocabulary import Right

MOST = 8
"""Cases at a time of somebody of whom nothing else is known."""
HAD_IT = {
    Ending.DECLINED: "这件事没有接",
    Ending.SILENT: "这件事没有按时答复",
    Ending.CHANGED: "工友要求换人",
}


class Profile(Struct, frozen=True):
    """What somebody who can be assigned says of themselves, or the desk of them."""

    skills: Collection[str]
    languages: Collection[str]
    most: int
    phone: str | None
    account: str | None
    """See `CaseAssignee.account`."""
    parties: str
    """See `CaseAssignee.parties`."""


def candidates(case: Case, service: Service, answers: Answers) -> list[Candidate]:
    """Everybody to whom a case can be given, and who cannot take it now; whoever fits best first."""
    rule = assignment_of(service)
    place = case.union_id or home_of(case)
    holders = holders_of(db.session(), role=rule.role, union_id=place, neutral=not service.firm_side)
    people = _people(rule, holders, case_id=case.id)
    return ranked(people, matter_of(service, answers))


def everybody(service: Service, *, staff_no: str) -> list[tuple[Person, CaseAssignee | None]]:
    """All who can be assigned cases of a service, with what is kept of them, by number. The look is recorded.

    Raises:
        Problem: 403 for whoever works on no case of the service for a district or a city.
    """
    rule = assignment_of(service)
    with transaction() as session:
        authorise(session, number=staff_no, right=Right.CASE_WORK, union_id=None, service=service.key)
        accounts = holders_of(session, role=rule.role, union_id=None)
        known = _profiles(rule.role, [one.number for one in accounts])
        audit.record(
            actor=audit.staff(staff_no),
            action="assignee.read_list",
            subject_kind="staff_account",
            detail={"service": service.key, "people": len(accounts)},
        )
        return [(person, known.get(person.number)) for person in _people(rule, accounts, known=known)]


def one_of(service: Service, *, number: str, staff_no: str) -> tuple[Person, CaseAssignee | None]:
    """One of them. The look is recorded.

    Raises:
        Problem: 403 as above; 404 for somebody who cannot be assigned.
    """
    rule = assignment_of(service)
    with transaction() as session:
        authorise(session, number=staff_no, right=Right.CASE_WORK, union_id=None, service=service.key)
        accounts = holders_of(session, role=rule.role, union_id=None)
        account = next((one for one in accounts if one.number == number), None)
        if account is None:
            raise not_found()
        known = _profiles(rule.role, [number])
        audit.record(
            actor=audit.staff(staff_no),
            action="assignee.read",
            subject_kind="staff_account",
            subject_id=account.id,
            detail={"service": service.key},
        )
        (person,) = _people(rule, [account], known=known)
        return person, known.get(number)


def keep_profile(service: Service, *, number: str, profile: Profile, by: str) -> None:
    """Note what is known of somebody who can be assigned.

    Raises:
        Problem: 403; 404 for somebody who cannot be; 409 for another account while they are owed something.
    """
    rule = assignment_of(service)
    with transaction() as session:
        account = session.scalar(sa.select(StaffAccount).where(StaffAccount.number == number))
        if account is None or number not in {one.number for one in holders_of(session, role=rule.role, union_id=None)}:
            raise not_found()
        authorise(
            session, number=by, right=Right.CASE_WORK, union_id=account.union_id, service=service.key, neutral=True
        )
        row = session.get(CaseAssignee, (number, rule.role), with_for_update=True)
        if row is None:
            row = CaseAssignee(staff_no=number, role=rule.role)
            session.add(row)
        elif row.account != profile.account and _is_owed(number):
            raise conflict("owed", "有一笔补贴批了还没有发，按批的时候的账户发了再改")
        row.skills, row.languages = sorted(profile.skills), sorted(profile.languages)
        row.most, row.phone, row.account, row.parties = profile.most, profile.phone, profile.account, profile.parties
        audit.record(actor=audit.staff(by), action="assignee.keep", subject_kind="staff_account", subject_id=account.id)


def _is_owed(number: str) -> bool:
    owed = sa.exists().where(
        CasePayment.payee_no == number, CasePayment.paid_at.is_(None), CasePayment.cancelled_at.is_(None)
    )
    return bool(db.session.scalar(sa.select(owed)))


def phone_of_assignee(session: Session, number: str) -> str | None:
    """The mobile phone that was noted of somebody who can be assigned; None where none was."""
    noted = session.scalars(
        sa.select(CaseAssignee.phone).where(CaseAssignee.staff_no == number).order_by(CaseAssignee.role)
    )
    return next((phone for phone in noted if _takes_sms(phone)), None)


def _takes_sms(phone: str | None) -> bool:
    return phone is not None and re.fullmatch(PATTERNS["phone"].expression, phone) is not None


OWN_PHONES[ASSIGNMENT] = phone_of_assignee


def living_of(case_id: uuid.UUID) -> CaseAssignment | None:
    """Who has a case now, locked like the case."""
    return db.session.scalar(
        sa.select(CaseAssignment).where(CaseAssignment.case_id == case_id, CaseAssignment.ended_at.is_(None))
    )


def end_of(case_id: uuid.UUID, *, because: Ending, at: datetime) -> CaseAssignment | None:
    """Let the assignment of a locked case be over, if there is one."""
    found = living_of(case_id)
    if found is not None:
        found.ended_at, found.ending = at, because
    return found


def assignment_of(service: Service) -> Assignment:
    """The rule of a service whose cases can be assigned.

    Raises:
        Problem: 404 for any other.
    """
    if service.assignment is None:
        raise not_found()
    return service.assignment


def matter_of(service: Service, answers: Answers) -> Matter:
    """What of the answers decides who fits."""
    rule = assignment_of(service)
    parties = rule.parties
    rows: Sequence[Mapping[str, Any]] = answers.get(parties.field, ()) if parties else ()
    return Matter(
        skill=_word(service, rule.skill, answers),
        language=_word(service, rule.language, answers),
        parties=[
            Party(row[parties.name], (row.get(parties.code) or "").upper() or None if parties.code else None)
            for row in rows
            if parties and row.get(parties.name)
        ],
    )


def refuse_unfit(case: Case, service: Service, answers: Answers, *, number: str) -> None:
    """Let pass somebody who can have the case.

    Raises:
        Problem: 409 with the reason why not.
    """
    found = next((one for one in candidates(case, service, answers) if one.person.number == number), None)
    title = assignment_of(service).title
    if found is None:
        raise conflict("not_assignable", f"这个工号不是能办这件事的{title}，或者账号停用了")
    if found.barred is not None:
        raise conflict("not_assignable", f"不能指派给{found.person.name}：{found.barred}")


def _word(service: Service, key: str | None, answers: Answers) -> tuple[str, str] | None:
    field = None if key is None else service.form.declaration.field(key)
    if field is None or answers.get(field.key) is None:
        return None
    return str(answers[field.key]), spoken(field, answers[field.key])


def _people(
    rule: Assignment,
    accounts: Sequence[StaffAccount],
    *,
    known: Mapping[str, CaseAssignee] | None = None,
    case_id: uuid.UUID | None = None,
) -> list[Person]:
    numbers = [one.number for one in accounts]
    known = _profiles(rule.role, numbers) if known is None else known
    busy = {
        row.staff_no: row
        for row in db.session.execute(
            sa.select(
                CaseAssignment.staff_no,
                sa.func.count().filter(CaseAssignment.ended_at.is_(None)).label("load"),
                sa.func.max(CaseAssignment.assigned_at).label("last_at"),
                sa.func.array_agg(CaseAssignment.ending)
                .filter(CaseAssignment.case_id == case_id, CaseAssignment.ending.in_(HAD_IT))
                .label("endings"),
            )
            .where(CaseAssignment.staff_no.in_(numbers))
            .group_by(CaseAssignment.staff_no)
        )
    }
    away = away_on(today(), numbers=numbers)
    found = []
    for account in sorted(accounts, key=lambda one: one.number):
        profile, row = known.get(account.number), busy.get(account.number)
        endings = [Ending(one) for one in (row.endings or ())] if row else []
        found.append(
            Person(
                number=account.number,
                name=account.name,
                skills=frozenset(profile.skills if profile else ()),
                languages=frozenset(profile.languages if profile else ()),
                most=profile.most if profile else MOST,
                load=row.load if row else 0,
                last_at=row.last_at if row else None,
                away_until=away.get(account.number),
                parties=read_parties(profile.parties) if profile else (),
                had_it=HAD_IT[endings[-1]] if endings else None,
                takes_sms=profile is not None and _takes_sms(profile.phone),
            )
        )
    return found


def _profiles(role: str, numbers: Sequence[str]) -> dict[str, CaseAssignee]:
    rows = db.session.scalars(
        sa.select(CaseAssignee).where(CaseAssignee.role == role, CaseAssignee.staff_no.in_(numbers))
    )
    return {row.staff_no: row for row in rows}

"""How the service is asked for what a case's model says can happen, each step by whoever makes it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from server.cases import acts, filling, working
from server.cases.about_members import open_about
from server.cases.declaration import Service
from server.cases.exchange.inbound import receive
from server.cases.exchange.models import CaseExchange
from server.cases.files.service import store_of_staff
from server.cases.flow.machine import Step
from server.cases.models import Case
from server.cases.opened_from import open_from
from server.cases.ownership import Key
from server.cases.running_out import run_out
from server.cases.submission import Submission, Submitted, submit
from server.cases.vocabulary import ByAssignee, Direction, IdentityMode, Office, Via, Words
from server.cases.working import Named
from server.city.words import Contact, Incoming, Word
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core.access import Level, Principal
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import SignInWay
from server.identity.sessions import open_session
from server.unions.service import admit
from server.unions.staff.vocabulary import Right
from tests.cases.declared import services, signed_example
from tests.cases.files.conftest import encoded, picture
from tests.cases.life_model import LifeModel
from tests.people import person
from tests.sign_in import make_worker, step_up

STAFF = ("A1", "B2", "A1024")
FINANCE = ("F1", "F2")
CHAIRS = ("Z1", "Z2")
GUARDS = {
    *("too_few_calls", "not_assignable", "not_pressing", "not_ready", "own_work"),
    *("owed_already", "nothing_owed", "nobody_to_pay", "granted_by_them", "no_account", "same_account"),
    "suggested_already",
}
"""Why a step is refused that the flow allows: there are calls, money, accounts, dates, what was suggested and who
declined before; the model knows nothing of them."""


class LifeAsked(LifeModel):
    """A case that is really there, beside its model."""

    def come_in(self) -> None:
        """As an order of 12345."""
        self.their_no, self.seq, self.order = f"SZ-{next(self.people)}", 1, Direction.IN
        caller = Contact(phone="19900000781") if self.mode is IdentityMode.NAMED else None
        receive(Incoming(word=Word.ORDER, order_no=self.their_no, seq=1, text="来电人请工会帮忙。", caller=caller))
        row = db.session.execute(
            sa.select(Case.no, Case.id, Case.identity_mode)
            .join(CaseExchange, CaseExchange.case_id == Case.id)
            .where(CaseExchange.their_no == self.their_no)
        ).one()
        assert row.identity_mode is self.mode
        self.no, self.case_id = row.no, row.id

    def open_from_another(self) -> None:
        """From the newest case of somebody's: it is nobody's own."""
        source = services()[self.service.opened_from[0]]
        someone = person(next(self.people))
        sent = _submitted(source, next(iter(source.modes)), make_worker(Level.L2, someone).id, someone.name)
        by_staff = self.service.example_by_staff
        case = open_from(no=sent.case.no, service=self.service.key, staff_no="A1", answers=by_staff)
        self.answers = dict(self.service.example)
        self.no, self.case_id, self.key = case.no, case.id, Key(worker_id=None)

    def send(self) -> None:
        if self.mode is IdentityMode.ANONYMOUS:
            sent = _submitted(self.service, self.mode, None, "")
            self.answers = signed_example(self.service.key, "")
            self.no, self.case_id, self.key = sent.case.no, sent.case.id, Key(secret=sent.secret)
            self._fill_in()
            return
        someone = person(next(self.people))
        # Money is only for whom staff have seen.
        self.worker_id = make_worker(Level.L3, someone).id
        self.key = Key(worker_id=self.worker_id)
        if self.service.asked_by is not None and self.service.asked_by.members:
            with transaction() as session:
                admit(session, worker_id=self.worker_id, union=self.union)
        if self.service.by_desk:
            self.answers = dict(self.service.example)
            case = open_about(
                service=self.service.key,
                worker_id=self.worker_id,
                staff_no="A1",
                answers=self.service.example_by_staff,
            )
            self.no, self.case_id = case.no, case.id
            return
        sent = _submitted(self.service, self.mode, self.worker_id, someone.name)
        self.answers = signed_example(self.service.key, someone.name)
        self.no, self.case_id = sent.case.no, sent.case.id
        self._fill_in()

    def _fill_in(self) -> None:
        if self.service.example_by_staff:
            later = {rule.key for rule in self.service.consents if rule.later}
            filling.fill_in(no=self.no, staff_no="A1", answers=self.service.example_by_staff, agreed=later)

    def by_staff(self, step: Step, data: st.DataObject) -> None:
        staff = FINANCE if step.right is Right.PAYMENTS else STAFF
        if step.by_assignee is ByAssignee.ALONE:
            assert self.assignee is not None
            staff = (self.assignee,)
        number = data.draw(st.sampled_from(staff))
        if step.second:
            second = data.draw(st.sampled_from(CHAIRS if step.signed else [one for one in staff if one != number]))
            if self.out & {number, second}:
                return
            try:
                self.staff_step(step, number)
                working.decide(no=self.no, what=step.code, staff_no=second, approve=True)
            except Problem as refused:
                assert refused.code in {"overdue", "paused", "asked_already", "extended_already", *GUARDS}  # noqa: PT017 - one of several
                return
            self.model(step.code, second, asked_by=number)
            return
        if number in self.out:
            with pytest.raises(Problem):
                self.staff_step(step, number)
            return
        try:
            self.staff_step(step, number)
        except Problem as refused:
            if refused.code not in GUARDS:
                assert (refused.code, step.within is not None) == ("too_late", True)  # noqa: PT017 - time decides
            return
        self.model(step.code, number)

    def staff_step(self, step: Step, number: str) -> None:
        named = Named(
            union_code="LIFE" if step.office is Office.TO else None,
            event_at=self.at + timedelta(days=20) if step.date else self.at if step.since else None,
            amount=100_00 if step.money else None,
            assignee_no=self.proposed if step.person else None,
            ground=next(iter(step.grounds), None),
        )
        words = "写一句话。" if step.words is not Words.NONE else None
        items = [] if step.files is Words.NONE else [store_of_staff(encoded(picture(), "PNG"))]
        working.staff_step(no=self.no, code=step.code, staff_no=number, text=words, items=items, named=named)

    def by_worker(self, step: Step) -> None:
        match step.via:
            case Via.SUPPLEMENT:
                # Words that are there already: only the step counts here.
                acts.supplement(no=self.no, key=self.key, answers=dict(self.answers), items=[])
            case Via.WITHDRAWAL:
                acts.withdraw(no=self.no, key=self.key, reason=None)
            case Via.AGREEMENT:
                assert step.consent is not None
                given = GivenConsent(step.consent, consent_texts()[step.consent].version)
                acts.agree(no=self.no, key=self.key, consents=[given])
            case Via.REFUSAL:
                acts.decline(no=self.no, key=self.key)
            case Via.ACKNOWLEDGEMENT:
                acts.acknowledge(no=self.no, key=self.key)
            case Via.REOPENING:
                acts.reopen(no=self.no, key=self.key, reason="还没解决。")
            case Via.REPLACEMENT:
                acts.ask_for_another(no=self.no, key=self.key, reason="打不通电话。")
            case Via.SOLVED:
                rating = acts.Rating(solved=True, attitude=5, result=5, comment=None)
                acts.rate(no=self.no, key=self.key, rating=rating)

    def by_clock(self, step: Step) -> None:
        assert step.due is not None
        (due_at,) = [one.due_at for one in self.rows() if one.key == step.due and one.stopped_at is None]
        db.session.rollback()
        early = run_out(case_id=self.case_id, clock_key=step.due, at=min(self.at, due_at))
        assert not early, "nothing runs out before its time"
        db.session.rollback()
        self.at = max(self.at, due_at + timedelta(minutes=1))
        assert run_out(case_id=self.case_id, clock_key=step.due, at=self.at)
        self.model(step.code)

    def rows(self) -> list[Any]:
        return list(clocks_of(owner_kind=OwnerKind.CASE, owner_id=self.case_id))


def _submitted(service: Service, mode: IdentityMode, worker_id: uuid.UUID | None, name: str) -> Submitted:
    """The example of a service, sent by this worker on their phone, or by nobody."""
    caller = None
    if worker_id is not None:
        open_session(worker_id=worker_id, way=SignInWay.WECHAT)
        caller = Principal(worker_id=worker_id, level=Level.L2, session_id=step_up(worker_id))
    texts = consent_texts()
    given = [GivenConsent(one.key, texts[one.key].version) for one in service.consents if not one.later]
    return submit(
        Submission(service.key, mode.value, signed_example(service.key, name), given, apart=True), caller=caller
    )

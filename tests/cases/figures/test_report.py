"""按时办结率 and 满意度 against numbers counted by hand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases.figures.asked import Asked
from server.cases.figures.formulas import Formula, figures, months_between
from server.cases.figures.promises import Promised, Reason
from server.cases.figures.report import Measure, Report, cases_behind, report
from server.cases.models import Case, CaseEvent, CasePhoneRating, CaseRating
from server.cases.vocabulary import Actor, Phase
from server.clocks.models import ChangeKind, Clock, ClockChange
from server.core.audit import AuditEvent
from server.core.clock import SHANGHAI
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from tests.cases.figures.conftest import DAY, DUE, NOVEMBER_END, Keep
from tests.moments import Freeze
from tests.staff import make_staff, make_street

OWN, REPORTING = (figures().formula(key) for key in ("own", "reporting"))
NOVEMBER = (date(2026, 11, 1),)


@pytest.fixture(autouse=True)
def _read_in_december(freeze: Freeze) -> None:
    freeze(NOVEMBER_END)


@pytest.fixture
def street(app: Flask) -> TradeUnion:
    make_staff("R0001", "district_rights")
    return make_street("440304003")


def read(formula: Formula = OWN, *, number: str = "R0001", months: tuple[date, ...] = NOVEMBER) -> Report:
    return report(Asked(staff_no=number, services=("grievance",), months=months), formula)


def total(formula: Formula = OWN, **others: Any) -> Promised:
    found = read(formula, **others).total.promised
    assert found is not None
    return found


def test_the_figures_of_beijing_come_out_as_they_were_published(
    street: TradeUnion, many: Callable[[TradeUnion, list[tuple[datetime, datetime | None]]], None], freeze: Freeze
) -> None:
    """4190 dispatched, 3993 closed, 98.11 % in time, 99.13 % closed: of 4028 that were due."""
    due, later = datetime(2021, 2, 20, 18, 0, tzinfo=SHANGHAI), datetime(2021, 3, 20, 18, 0, tzinfo=SHANGHAI)
    freeze(datetime(2021, 3, 10, tzinfo=SHANGHAI))
    many(
        street,
        [(due, due - DAY)] * 3952
        + [(due, due + DAY)] * (3993 - 3952)
        + [(due, None)] * (4028 - 3993)
        # What was dispatched and is not due yet.
        + [(later, None)] * (4190 - 4028),
    )
    found = total(months=(date(2021, 1, 1), date(2021, 2, 1)))
    assert (found.due, found.closed, found.on_time) == (4028, 3993, 3952)
    assert f"{found.on_time / found.due:.2%}" == "98.11%"
    assert f"{found.closed / found.due:.2%}" == "99.13%"


def test_what_becomes_of_each_kind_of_case(street: TradeUnion, keep: Keep) -> None:
    for _ in range(4):
        keep(street, closed=DUE)
    keep(street, closed=DUE + timedelta(seconds=1))
    keep(street, case={"state": "handling", "phase": Phase.HANDLING})
    keep(street, closed=DUE, original=DUE - 5 * DAY, clock={"extended": 5})
    keep(street, closed=DUE, original=DUE - 5 * DAY, clock={"paused_amount": 5})
    keep(street, closed=DUE - DAY, case={"state": "not_accepted", "phase": Phase.DECIDED})
    keep(street, closed=DUE - DAY, case={"round": 1})
    keep(street, clock={"paused_at": DUE - DAY}, case={"state": "need_more", "phase": Phase.NEED_MORE})
    own, reporting = total(), total(REPORTING)
    assert own == Promised(
        due=10, people=10, closed=9, on_time=8, by_original=6, extended=1, refused=1, reopened=1, standing=1
    )
    assert reporting.on_time == 6
    assert reporting.due == 10


def test_what_the_worker_ended_before_the_date_is_not_counted_and_after_it_is_late(
    street: TradeUnion, keep: Keep
) -> None:
    for _ in range(5):
        keep(street, closed=DUE)
    for ended in (DUE - DAY, DUE + DAY):
        case = keep(street, closed=ended, case={"state": "withdrawn", "phase": Phase.WITHDRAWN})
        _event(case, ended)
    found = total()
    assert (found.due, found.on_time, found.withdrawn) == (6, 5, 1)


def test_an_annulled_miss_is_left_out_by_one_formula_and_late_by_the_other(street: TradeUnion, keep: Keep) -> None:
    for _ in range(5):
        keep(street, closed=DUE)
    missed = keep(street, closed=DUE + DAY)
    clock = db.session.scalars(sa.select(Clock).where(Clock.owner_id == missed.id)).one()
    with transaction() as session:
        session.add(
            ClockChange(
                clock_id=clock.id,
                kind=ChangeKind.ANNULMENT,
                at=DUE + DAY,
                due_before=DUE,
                due_after=DUE,
                reason="台风",
                asked_by="A1",
                approved_by="B2",
            )
        )
    assert (total().due, total().on_time, total().annulled) == (5, 5, 1)
    assert (total(REPORTING).due, total(REPORTING).on_time) == (6, 5)


def test_a_promise_that_was_handed_up_is_missed_and_the_next_one_counts_for_itself(
    street: TradeUnion, keep: Keep
) -> None:
    for _ in range(5):
        keep(street, closed=DUE)
    # To the second at which it fell due: still nobody had done it.
    handed = keep(street, closed=DUE)
    with transaction() as session:
        first = session.scalars(sa.select(Clock).where(Clock.owner_id == handed.id)).one()
        values = {
            name: getattr(first, name) for name in (column.key for column in Clock.__table__.columns) if name != "id"
        }
        session.add(Clock(**{**values, "started_at": DUE, "due_at": DUE + 5 * DAY, "stopped_at": DUE + DAY}))
    found = total()
    assert (found.due, found.closed, found.on_time) == (7, 6, 6)


def test_a_due_time_of_midnight_belongs_to_the_month_that_ends(street: TradeUnion, keep: Keep) -> None:
    midnight = datetime(2026, 12, 1, 0, 0, tzinfo=SHANGHAI)
    for _ in range(5):
        keep(street, closed=midnight, due=midnight)
    assert total().due == 5
    assert total(months=(date(2026, 12, 1),)).due == 0


def test_what_is_not_due_yet_is_not_late(street: TradeUnion, keep: Keep) -> None:
    for _ in range(5):
        keep(street, due=NOVEMBER_END + DAY, case={"state": "handling", "phase": Phase.HANDLING})
    assert total(months=(date(2026, 12, 1),)).due == 0


def test_satisfied_are_those_who_rated_and_the_phone_is_counted_apart(street: TradeUnion, keep: Keep) -> None:
    marks = [(True, 5, 5)] * 4 + [(False, 4, 4), (True, 5, 3), (False, 1, 1)] + [None] * 3
    for one in marks:
        case = keep(street, closed=DUE, asked=True)
        if one is not None:
            _rate(case, CaseRating, *one)
    anonymous = keep(street, closed=DUE, anonymous=True)
    _rate(anonymous, CaseRating, True, 5, 5)
    for _ in range(5):
        _rate(keep(street, closed=DUE), CasePhoneRating, False, 5, 5, staff_no="B2")
    own, reporting = read().total, read(REPORTING).total
    assert own.rated is not None
    assert own.heard is not None
    assert (own.rated.asked, own.rated.answered, own.rated.rated) == (10, 7, 8)
    assert (own.rated.satisfied, own.rated.fairly) == (6, 1)
    assert (own.heard.heard, own.heard.satisfied) == (5, 5)
    assert (own.rated.solved, own.heard.solved) == (6, 0)
    assert reporting.rated is not None
    assert reporting.heard is not None
    assert (reporting.rated.satisfied, reporting.heard.satisfied) == (5, 0)


def test_the_median_of_pauses_is_of_those_that_paused(street: TradeUnion, keep: Keep) -> None:
    for days in (0, 0, 0, 1, 2, 3, 10, 20):
        keep(street, closed=DUE, clock={"paused_amount": days})
    paused = read().total.paused
    assert paused is not None
    assert (paused.promises, paused.median) == (5, 3.0)


def test_few_that_paused_cannot_be_had_from_a_sum(street: TradeUnion, keep: Keep) -> None:
    other, october = make_street("440304004"), DUE - 30 * DAY
    for union, due, cases in ((street, DUE, 2), (other, DUE, 6), (street, october, 5), (other, october, 7)):
        for number in range(cases + 5):
            keep(union, due=due, closed=due, clock={"paused_amount": 1 if number < cases else 0})
    found = read(months=tuple(months_between(date(2026, 10, 1), date(2026, 11, 1))))
    shown = {(month.month, place.id): cell.paused and cell.paused.promises for month, place, cell in found.by_both}
    assert shown == {(10, street.id): 5, (10, other.id): 7, (11, street.id): None, (11, other.id): None}
    assert [cell.paused and cell.paused.promises for _, cell in found.by_month] == [12, None]
    assert [cell.paused for _, cell in found.by_place] == [None, None]
    assert found.total.paused is None
    assert found.total.promised is not None
    assert found.total.promised.due == 40


def test_a_street_with_few_is_hidden_with_another_and_the_total_stays_whole(street: TradeUnion, keep: Keep) -> None:
    others = [make_street(f"44030400{number}") for number in (4, 5)]
    for union, cases in ((street, 4), (others[0], 6), (others[1], 9)):
        for _ in range(cases):
            keep(union, closed=DUE)
    found = read()
    shown = {place.id: cell.promised and cell.promised.due for place, cell in found.by_place}
    assert shown == {street.id: None, others[0].id: None, others[1].id: 9}
    assert found.total.promised is not None
    assert found.total.promised.due == 19


def test_one_person_with_many_cases_is_still_one(street: TradeUnion, keep: Keep) -> None:
    worker = keep(street, closed=DUE).worker_id
    for _ in range(8):
        keep(street, closed=DUE, worker=worker)
    assert read().total.promised is None


def test_longer_periods_add_what_their_months_show_and_say_so(street: TradeUnion, keep: Keep) -> None:
    october = DUE - 30 * DAY
    for _ in range(6):
        keep(street, closed=DUE)
    keep(street, due=october, closed=october)
    found = read(months=tuple(months_between(date(2026, 10, 1), date(2026, 11, 1))))
    assert [cell.promised and cell.promised.due for _, cell in found.by_month] == [None, 6]
    assert found.total.promised is not None
    assert (found.total.promised.due, found.total.months_left_out) == (6, 1)


def test_a_street_reads_its_own_and_the_city_all(street: TradeUnion, keep: Keep) -> None:
    other = make_street("440304004")
    with transaction() as session:
        city = TradeUnion(code="GH4403", name="市总工会", kind="city", area_code="4403")
        session.add(city)
        session.flush()
        session.execute(sa.update(TradeUnion).where(TradeUnion.code == "GH440304").values(parent_id=city.id))
    make_staff("S0001", "street_worker", union=street)
    make_staff("C0001", "city_viewer", union=city)
    for union, cases in ((street, 5), (other, 6)):
        for _ in range(cases):
            keep(union, closed=DUE)
    assert total(number="S0001").due == 5
    assert total(number="C0001").due == 11


def test_a_number_opens_the_cases_that_its_reader_may_open(street: TradeUnion, keep: Keep) -> None:
    on_time, late = [keep(street, closed=DUE + shift) for shift in (-DAY, DAY)]
    make_staff("P0001", "district_publicity")
    asked = Asked(staff_no="R0001", services=("grievance",), months=NOVEMBER)

    def behind(measure: Measure, number: str = "R0001") -> list[str]:
        found = cases_behind(
            measure, Asked(**{**_fields(asked), "staff_no": number}), OWN, place=str(street.id), cursor=None, limit=10
        )
        return [case.no for case in found.items]

    assert behind(Measure.LATE) == [late.no]
    assert behind(Measure.ON_TIME) == [on_time.no]
    assert behind(Measure.DUE, "P0001") == []
    acts = db.session.scalars(sa.select(AuditEvent.actor).where(AuditEvent.action == "figures.read_rows")).all()
    assert sorted(acts) == ["staff:P0001", "staff:R0001", "staff:R0001"]


def test_each_rate_opens_what_it_was_made_of(street: TradeUnion, keep: Keep) -> None:
    content, fair, poor = [keep(street, closed=DUE, asked=True) for _ in range(3)]
    silent, late = keep(street, closed=DUE, asked=True), keep(street, closed=DUE + DAY)
    keep(street, case={"state": "handling", "phase": Phase.HANDLING})
    for case, mark in ((content, 5), (fair, 3), (poor, 1)):
        _rate(case, CaseRating, mark > 1, mark, mark)
    asked = Asked(staff_no="R0001", services=("grievance",), months=NOVEMBER)

    def behind(measure: str) -> set[str]:
        found = cases_behind(Measure(measure), asked, OWN, place="", cursor=None, limit=10)
        return {case.no for case in found.items}

    assert behind("closed") == {one.no for one in (content, fair, poor, silent, late)}
    assert behind("fairly") == {fair.no}
    assert behind("solved") == {content.no, fair.no}
    assert behind("was_asked") == {one.no for one in (content, fair, poor, silent)}


def test_who_worked_on_a_case_does_not_find_it_behind_a_rating(street: TradeUnion, keep: Keep) -> None:
    others, own = keep(street, closed=DUE, asked=True), keep(street, closed=DUE, asked=True)
    for case in (others, own):
        _rate(case, CaseRating, True, 5, 5)
    _event(own, DUE, staff_no="R0001")
    found = cases_behind(
        Measure.SATISFIED,
        Asked(staff_no="R0001", services=("grievance",), months=NOVEMBER),
        OWN,
        place="",
        cursor=None,
        limit=10,
    )
    assert [case.no for case in found.items] == [others.no]


def test_what_was_refused_stands_by_its_ground_and_few_are_hidden(street: TradeUnion, keep: Keep) -> None:
    counts = {"not_ours": 6, "in_court": 7, "empty": 2, "privacy": 1, None: 5}
    for ground, cases in counts.items():
        for _ in range(cases):
            case = keep(street, closed=DUE - DAY, case={"state": "not_accepted", "phase": Phase.DECIDED})
            _event(case, DUE - DAY, staff_no="B2", target="not_accepted", ground=ground)
    keep(street, closed=DUE)
    found = read()
    # The two small ones are three persons; the smallest of the others goes with them.
    assert [(reason.ground, shown and shown.refused) for reason, shown in found.refused] == [
        ("not_ours", 6),
        ("in_court", 7),
        ("privacy", None),
        ("empty", None),
        (None, None),
    ]
    assert found.all_refused is not None
    assert found.all_refused.refused == 21
    behind = cases_behind(
        Measure.REFUSED,
        Asked(staff_no="R0001", services=("grievance",), months=NOVEMBER),
        OWN,
        place="",
        reason=Reason("grievance", "in_court"),
        cursor=None,
        limit=50,
    )
    assert len(behind.items) == 7


def test_an_auditor_finds_what_was_counted_for_their_offices_but_not_whose_rating_it_is(
    street: TradeUnion, keep: Keep
) -> None:
    with transaction() as session:
        other = TradeUnion(code="GH440305", name="别的区总工会", kind="district", area_code="440305")
        session.add(other)
    make_staff("C0001", "audit_admin")
    make_staff("C0002", "audit_admin", union=other)
    case = keep(street, closed=DUE, asked=True)
    _rate(case, CaseRating, True, 5, 5)

    def behind(measure: Measure, number: str, **others: Any) -> list[str]:
        asked = Asked(staff_no=number, services=("grievance",), months=NOVEMBER)
        return [one.no for one in cases_behind(measure, asked, OWN, place="", cursor=None, limit=10, **others).items]

    assert behind(Measure.DUE, "C0001") == [case.no]
    assert behind(Measure.DUE, "C0002") == []
    assert behind(Measure.RATED, "R0001") == [case.no]
    assert behind(Measure.RATED, "C0001") == []
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.id == case.id).values(state="not_accepted", phase=Phase.DECIDED))
    assert behind(Measure.REFUSED, "C0001") == [case.no]
    assert behind(Measure.REFUSED, "R0001", reason=Reason("grievance", None)) == [case.no]
    assert behind(Measure.REFUSED, "C0001", reason=Reason("grievance", None)) == []


def _fields(asked: Asked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in asked.__struct_fields__}


def _event(
    case: Case, at: datetime, *, staff_no: str | None = None, target: str = "withdrawn", ground: str | None = None
) -> None:
    with transaction() as session:
        session.add(
            CaseEvent(
                case_id=case.id,
                number=2,
                at=at,
                step="withdraw",
                source="handling",
                target=target,
                actor=Actor.STAFF if staff_no else Actor.WORKER,
                staff_no=staff_no,
                what="",
                ground=ground,
            )
        )


def _rate(
    case: Case, kind: type[CaseRating | CasePhoneRating], solved: bool, attitude: int, result: int, **others: Any
) -> None:
    with transaction() as session:
        session.add(kind(case_id=case.id, round=0, at=DUE, solved=solved, attitude=attitude, result=result, **others))

"""要打的电话: who was asked twice how it went and said nothing is rung up by somebody who had no part in the case."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.figures.asked import Asked
from server.cases.figures.formulas import figures
from server.cases.figures.ratings import count_heard
from server.cases.models import Case, CaseEvent, CasePhoneRating, CaseRating, RatingQuestion
from server.cases.proxies.claiming import claim
from server.cases.proxies.models import CaseProxy
from server.cases.ratings import ask, ask_later
from server.cases.vocabulary import Actor, IdentityMode
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import SHANGHAI
from server.core.crypto import keyed_hmac
from server.core.db import transaction
from server.identity.models import PHONE
from server.identity.rules import mask_phone
from server.unions.models import TradeUnion
from tests.cases.declared import services
from tests.cases.figures.conftest import DAY, DUE, Keep
from tests.cases.figures.conftest import keep as keep
from tests.desk import Desk, desk_of, make_member, words
from tests.moments import Freeze
from tests.people import person
from tests.sign_in import make_worker
from tests.staff import make_street

SOMEBODY = person(771)
NOW = {"service_version": services()["grievance"].version}
SAID = {"solved": "yes", "attitude": "5", "result": "3"}


@pytest.fixture
def street(app: Flask, freeze: Freeze) -> TradeUnion:
    """H1 handled the case that S1 could ring up about; S2 works in the next street."""
    freeze(DUE + 4 * DAY)
    street, other = make_street("440304003"), make_street("440304004")
    for number, union in (("H1", street), ("S1", street), ("S3", street), ("S2", other)):
        make_member(number, "street_worker", union=union)
    return street


@pytest.fixture
def answered(street: TradeUnion, keep: Keep) -> Case:
    worker = make_worker(Level.L2, SOMEBODY)
    case = keep(street, closed=DUE, asked=True, worker=worker.id, case={"handler_no": "H1"} | NOW)
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.id == case.id).values(no="SQ261112-0042-K"))
    return case


PATH = "/console/calls/ratings/SQ261112-0042-K"


def listed(app: Flask, number: str) -> str:
    return words(Desk(app).sign_in(number).get("/console/calls"))


def test_somebody_else_is_told_whom_to_ring_up_and_what_is_heard_is_kept(
    app: Flask, answered: Case, db_session: Session
) -> None:
    desk = Desk(app).sign_in("S1")
    assert "1 没有评、要打电话问的工友" in words(desk.get("/console/"))
    seen = words(desk.get("/console/calls"))
    assert "SQ261112-0042-K" in seen
    assert mask_phone(SOMEBODY.phone) in seen
    assert SOMEBODY.phone not in seen
    opened = words(desk.get(PATH))
    assert SOMEBODY.phone in opened
    assert "不是办这件事的人" in opened
    half = desk.post(PATH, SAID | {"attitude": ""})
    assert half.status_code == 422
    assert "请选态度怎样" in words(half)
    done = words(desk.post(PATH, SAID, follow=True))
    assert "记下了：工友的评价" in done
    assert "没有要打的电话" in done
    db_session.rollback()
    heard = db_session.scalars(sa.select(CasePhoneRating)).one()
    assert (heard.case_id, heard.staff_no, heard.solved, heard.attitude, heard.result) == (
        answered.id,
        "S1",
        True,
        5,
        3,
    )
    assert db_session.scalars(sa.select(CaseRating)).all() == []
    assert desk.get(PATH).status_code == 404
    acts = list(db_session.scalars(sa.select(AuditEvent.action).where(AuditEvent.actor == "staff:S1")))
    assert [act for act in acts if "rat" in act] == ["case.read_to_rate"] * 3 + ["case.phone_rating"]


def test_whoever_was_slower_is_told_that_it_is_done(app: Flask, answered: Case) -> None:
    slower = Desk(app).sign_in("S3")
    slower.get(PATH)
    Desk(app).sign_in("S1").post(PATH, SAID)
    told = slower.post(PATH, SAID)
    assert (told.status_code, "这一次已经回访过了" in words(told)) == (409, True)


def test_neither_its_handler_nor_who_made_a_step_nor_another_street_rings_up(
    app: Flask, answered: Case, db_session: Session
) -> None:
    with transaction() as session:
        session.add(
            CaseEvent(
                case_id=answered.id,
                number=1,
                at=DUE,
                step="reply",
                source="handling",
                target="done",
                actor=Actor.STAFF,
                staff_no="S3",
                what="答复",
            )
        )
    for number in ("H1", "S3", "S2"):
        desk = Desk(app).sign_in(number)
        assert "没有要打的电话" in words(desk.get("/console/calls")), number
        assert "1 没有评、要打电话问的工友" not in words(desk.get("/console/"))
        for sent in (None, {"unheard": "declined"}):
            answer = desk.get(PATH) if sent is None else desk.post(PATH, sent)
            assert answer.status_code == 404, number
    assert Desk(app).sign_in("S2").post(PATH, SAID).status_code == 404
    assert Desk(app).sign_in("S3").post(PATH, SAID).status_code == 409
    assert desk_of(app, "L1", "lawyer").get(PATH).status_code == 403
    assert db_session.scalars(sa.select(CasePhoneRating)).all() == []


@pytest.mark.parametrize(
    ("what", "values"),
    [
        (RatingQuestion, {"ask_at": DUE + 5 * DAY}),
        (RatingQuestion, {"answered_at": DUE - 27 * DAY}),
        (RatingQuestion, {"round": 1}),
        (Case, {"state": "handling"}),
        (Case, {"identity_mode": IdentityMode.CONFIDENTIAL}),
        (CaseRating, {}),
    ],
)
def test_nobody_is_rung_up_who_is_still_asked_or_whose_answer_is_long_past_or_not_there_who_rated_or_is_not_to_be_known(
    app: Flask, answered: Case, what: type[Any], values: dict[str, Any]
) -> None:
    assert "SQ261112-0042-K" in listed(app, "S1")
    with transaction() as session:
        if what is CaseRating:
            session.add(CaseRating(case_id=answered.id, round=0, at=DUE, solved=True, attitude=5, result=5))
        else:
            key = what.id if what is Case else what.case_id
            session.execute(sa.update(what).where(key == answered.id).values(**values))
    desk = Desk(app).sign_in("S1")
    assert "没有要打的电话" in words(desk.get("/console/calls"))
    assert desk.get(PATH).status_code == 404


def test_three_in_vain_on_two_days_end_it_and_the_report_counts_them_apart(
    app: Flask, answered: Case, street: TradeUnion, keep: Keep, freeze: Freeze, db_session: Session
) -> None:
    for day, hour, over in ((16, 10, False), (16, 15, False), (16, 17, False), (17, 9, True)):
        freeze(datetime(2026, 11, day, hour, 30, tzinfo=SHANGHAI))
        said = words(Desk(app).sign_in("S1").post(PATH, {"unheard": "missed"}, follow=True))
        assert ("这一件不用再打" in said) is over, (day, hour)
        assert ("次没人接" in said) is not over
    freeze(datetime(2026, 11, 18, 9, 0, tzinfo=SHANGHAI))
    for number in range(2):
        case = keep(street, closed=DUE, asked=True, worker=make_worker(Level.L2, person(780 + number)).id, case=NOW)
        path = f"/console/calls/ratings/{case.no}"
        desk = Desk(app).sign_in("S1")
        assert desk.post(path, {"unheard": "nonsense"}).status_code == 404
        done = desk.post(path, {"unheard": "declined"} if number else SAID)
        assert done.status_code == 303, words(done)
    db_session.rollback()
    freeze(datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI))
    make_member("R1", "district_rights")
    asked = Asked(staff_no="R1", services=["grievance"], months=(DUE.date().replace(day=1),))
    (found,) = count_heard(asked, figures().formulas[0].versions[0].satisfied).values()
    assert (found.heard, found.people, found.unheard, found.unheard_people, found.satisfied) == (1, 1, 2, 2, 0)
    # Small numbers are not shown, the column is there.
    assert "电话没问到" in words(Desk(app).sign_in("R1").get("/console/report?from=2026-11&to=2026-11"))


@pytest.fixture
def typed(street: TradeUnion, keep: Keep) -> Case:
    """A case that was typed for somebody who has no account here, and answered."""
    case = keep(street, case={"no": "SQ261112-0043-K", "worker_id": None, "secret_digest": b"x"} | NOW)
    with transaction() as session:
        proxy = CaseProxy(case_id=case.id, at=DUE - DAY, staff_no="H1", name=SOMEBODY.name, phone=SOMEBODY.phone)
        proxy.phone_hmac = keyed_hmac(SOMEBODY.phone, purpose=PHONE)
        session.add(proxy)
        session.flush()
        ask_later(session.get_one(Case, case.id), at=DUE)
    return case


def test_who_has_no_account_is_rung_up_and_asked(app: Flask, typed: Case, db_session: Session) -> None:
    assert ask(at=DUE + 4 * DAY) == 0
    desk, path = Desk(app).sign_in("S1"), PATH.replace("0042", "0043")
    seen = words(desk.get("/console/calls"))
    assert mask_phone(SOMEBODY.phone) in seen
    assert "别人代填的，工友没有账号" in seen
    opened = words(desk.get(path))
    assert (SOMEBODY.phone in opened, "凭编号认领" in opened) == (True, True)
    assert "记下了：工友的评价" in words(desk.post(path, SAID, follow=True))
    db_session.rollback()
    assert db_session.scalars(sa.select(CasePhoneRating.case_id)).one() == typed.id


def test_who_takes_a_case_over_is_asked_by_the_system_first(app: Flask, typed: Case, db_session: Session) -> None:
    claim(no="SQ261112-0043-K", worker_id=make_worker(Level.L1, SOMEBODY).id)
    assert "没有要打的电话" in listed(app, "S1")
    assert ask(at=DUE + 4 * DAY) == 1
    db_session.rollback()
    assert "小程序里问过两次" in listed(app, "S1")


@pytest.mark.parametrize("heard", [SAID, {"unheard": "declined"}])
def test_who_was_rung_up_before_they_took_it_over_is_not_asked_again(
    app: Flask, typed: Case, heard: dict[str, str]
) -> None:
    path = PATH.replace("0042", "0043")
    assert Desk(app).sign_in("S1").post(path, heard).status_code == 303
    claim(no="SQ261112-0043-K", worker_id=make_worker(Level.L1, SOMEBODY).id)
    assert ask(at=DUE + 4 * DAY) == 0


def test_many_are_listed_with_as_few_questions_as_one(
    app: Flask, street: TradeUnion, keep: Keep, count_queries: list[str]
) -> None:
    def asked(*, listed: int) -> int:
        desk = Desk(app).sign_in("S1")
        count_queries.clear()
        assert words(desk.get("/console/calls")).count("打电话问问") == listed
        return len(count_queries)

    def answered(number: int) -> None:
        worker = make_worker(Level.L2, person(780 + number))
        keep(street, closed=DUE, asked=True, worker=worker.id, case=NOW)

    answered(1)
    few = asked(listed=1)
    answered(2)
    answered(3)
    assert asked(listed=3) == few

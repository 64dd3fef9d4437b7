"""What is nobody's member's, also when 12345 sends it, is one district's: listed, opened and returned there alone."""

import sqlalchemy as sa
from flask import Flask

from server.cases.exchange.models import CaseExchange
from server.cases.models import Case
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import Submit
from tests.cases.exchange.conftest import ORDER, Push
from tests.desk import Desk, desk_of, words
from tests.sign_in import SignIn


def test_what_a_street_of_another_district_returns_goes_back_to_who_sent_it(
    app: Flask, longgang: TradeUnion, submit: Submit, sign_in: SignIn, push: Push
) -> None:
    with transaction() as session:
        street = TradeUnion(
            code="GH440307003", name="街道", kind=UnionKind.STREET, area_code="440307003", parent_id=longgang.id
        )
        session.add(street)
        session.flush()
    sender, other = desk_of(app, "F1"), desk_of(app, "L1", union=longgang)
    receiver = desk_of(app, "S1", "street_worker", union=street)

    def step(desk: Desk, no: str, code: str, **typed: str) -> None:
        done = desk.post(f"/console/cases/{no}/steps/{code}", {"text": "请看看。", **typed})
        assert done.status_code == 303, words(done)

    push(ORDER | {"area": "440304"})
    for no in (submit("grievance", sign_in())["no"], order_no()):
        step(sender, no, "accept")
        for returning in ("return_once", "return_again"):
            step(sender, no, "dispatch", union=street.code)
            assert sender.get(f"/console/cases/{no}").status_code == 404
            step(receiver, no, returning)
            assert sender.get(f"/console/cases/{no}").status_code == 200
            assert [one.get(f"/console/cases/{no}").status_code for one in (receiver, other)] == [404, 404]


def order_no() -> str:
    """The case that 12345 gave."""
    return db.session.scalars(sa.select(Case.no).join(CaseExchange, CaseExchange.case_id == Case.id)).one()


def test_an_order_of_12345_without_an_area_is_in_the_queue_of_one_district(
    app: Flask, longgang: TradeUnion, push: Push
) -> None:
    assert push(ORDER).status_code == 200
    no = order_no()
    theirs, others = desk_of(app, "F1"), desk_of(app, "L1", union=longgang)
    assert no in words(theirs.get("/console/cases?whose=nobody"))
    assert no not in words(others.get("/console/cases?whose=nobody"))
    assert [one.get(f"/console/cases?no={no}").status_code for one in (theirs, others)] == [303, 200]
    assert theirs.get(f"/console/cases/{no}").status_code == 200
    assert others.get(f"/console/cases/{no}").status_code == 404
    assert others.get(f"/console/cases/{no}/steps/accept").status_code in {403, 404}
    assert others.post(f"/console/cases/{no}/steps/accept", {"text": "我们来办。"}).status_code in {403, 404}

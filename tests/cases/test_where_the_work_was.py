"""Where the work was done decides which union has a case, and to which commission it goes."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.forms.computed import labour_venue
from server.cases.models import Case
from server.core.access import Level
from server.core.clock import today
from server.core.db import transaction
from server.unions.models import TradeUnion
from server.unions.service import admit
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import Submit
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff

FUTIAN_STREET, LONGGANG_STREET = "440304011", "440307015"


def make_longgang() -> TradeUnion:
    with transaction() as session:
        union = TradeUnion(code="GH440307", name="龙岗区总工会（测试）", kind=UnionKind.DISTRICT, area_code="440307")
        session.add(union)
        session.flush()
    return union


def union_of(session: Session, no: str) -> tuple[object, object]:
    row = session.execute(sa.select(Case.union_id, Case.meant_for_id).where(Case.no == no)).one()
    return row[0], row[1]


def test_the_district_in_which_the_work_was_done_has_the_case(
    app: Flask, sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    longgang = make_longgang()
    make_staff("LG1", "district_rights", union=longgang)
    headers = sign_in(Level.L2)
    with transaction() as session:
        admit(session, worker_id=headers.worker_id, union=make_district())
    no = submit("legal_aid", headers, answers={"work_area": LONGGANG_STREET})["no"]
    assert union_of(db_session, no) == (longgang.id, None)


def test_without_it_the_case_stays_where_its_worker_belongs(
    app: Flask, sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    headers = sign_in(Level.L2)
    with transaction() as session:
        admit(session, worker_id=headers.worker_id, union=make_district())
    no = submit("legal_aid", headers)["no"]
    assert union_of(db_session, no) == (None, None)


@pytest.mark.parametrize(
    ("street", "district"), [(FUTIAN_STREET, "福田区"), (LONGGANG_STREET, "龙岗区"), ("440304011001", "福田区")]
)
def test_the_commission_is_that_of_the_district(street: str, district: str) -> None:
    found = labour_venue(today=today(), work_area=street)
    assert found is not None
    assert found.value == district
    assert found.text.startswith(f"在{district}干的活，可以去{district}的仲裁委，也可以去公司所在地的")


@pytest.mark.parametrize("street", [None, "999999999"])
def test_nothing_is_said_of_a_street_that_nobody_knows(street: str | None) -> None:
    assert labour_venue(today=today(), work_area=street) is None


def test_the_worker_reads_it(sign_in: SignIn, submit: Submit) -> None:
    read = submit("legal_aid", sign_in(Level.L2), answers={"work_area": FUTIAN_STREET})
    assert {"key": "venue", "name": "去哪里申请仲裁"}.items() <= read["computed"][0].items()

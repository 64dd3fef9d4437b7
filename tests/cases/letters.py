"""Letters to an employer that were opened from a grievance."""

from collections.abc import Callable
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases import working
from server.cases.files.models import Attachment
from server.cases.files.service import store_of_staff
from server.cases.models import Case
from server.cases.opened_from import open_from
from server.cases.papers.models import CasePaper
from server.core.access import Level
from server.core.db import db
from server.core.storage import storage
from tests.cases.conftest import FRIDAY, Freeze, Submit
from tests.cases.declared import services
from tests.cases.files.conftest import jpeg
from tests.people import person
from tests.sign_in import SignIn
from tests.staff import make_staff

RIDER, NO_ACCOUNT, MERGED = person(791), person(792), person(793)
FIRM: dict[str, object] = {"q_firm": "深圳市演示配送有限公司", "q_matters": ["pay"]}
WORDS = "你单位扣“管理费”没有依据，请核对。"
Opened = Callable[..., str]


@pytest.fixture
def opened(app: Flask, freeze: Freeze, sign_in: SignIn, submit: Submit) -> Opened:
    """Letters that S1 opened from a new grievance; C1 signs for the district."""
    freeze(FRIDAY)
    make_staff("S1", "district_rights")
    make_staff("C1", "district_chair")
    rider = sign_in(Level.L2, who=RIDER)

    def open_one(mode: str = "confidential", **answers: object) -> str:
        no = submit("grievance", rider, identity_mode=mode)["no"]
        whole = dict(services()["firm_letter"].example_by_staff) | answers
        return open_from(no=no, service="firm_letter", staff_no="S1", answers=whole).no

    return open_one


def do(no: str, code: str, text: str | None = "写一句。") -> None:
    proof = [store_of_staff(jpeg())] if code.startswith("deliver_") else []
    working.staff_step(no=no, code=code, staff_no="S1", text=text, items=proof)


def sign(no: str, code: str, text: str = WORDS) -> None:
    """S1 writes the letter, C1 signs it."""
    do(no, code, text)
    working.decide(no=no, what=code, staff_no="C1", approve=True)


def read(no: str) -> Case:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(Case).where(Case.no == no)).one()


def text_of(paper: CasePaper) -> str:
    from docx import Document

    attachment = db.session.get_one(Attachment, paper.docx_id)
    content = b"".join(storage().open(attachment.storage_key))
    return "\n".join(one.text for one in Document(BytesIO(content)).paragraphs)

"""Whoever is out of a case, since the worker objects to what they decided, sees it without who sent it, and neither
writes to the worker nor rings up; everybody else does as before."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases import desk as desk_pages
from server.cases import unanswered, working, writing
from server.cases.actions import OTHERS_TURN
from server.cases.models import Case
from server.cases.papers.service import make_paper
from server.cases.phone_ratings import Heard, rate_by_phone
from server.cases.proposals import ask_for
from server.cases.proxies.filing import Told, file_at_desk
from server.cases.proxies.speaking import what_was_meant
from server.cases.vocabulary import PairedAct, Via
from server.core.access import Level
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.consents import GivenConsent
from server.identity.models import ConsentKey
from tests.cases.conftest import Desk, Submit, submission
from tests.desk import Desk as Console
from tests.desk import desk_of, make_member, words
from tests.people import person
from tests.sign_in import SignIn
from tests.staff import make_staff

OUT, OTHER = "C1", "C2"
SOMEBODY = person(781)
HIDDEN = "不显示是谁"


def bar(no: str) -> None:
    """Let the worker object to what `OUT` decided."""
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.no == no).values(objected_to=[OUT]))


@pytest.fixture
def both(app: Flask) -> tuple[Console, Console]:
    """Who is out, and who is not."""
    return desk_of(app, OUT, "legal_coordinator"), desk_of(app, OTHER, "legal_coordinator")


def files_in(page: str, no: str) -> set[str]:
    return {part.partition('"')[0] for part in page.split(f"/console/cases/{no}/files/")[1:]}


def test_a_case_shows_who_sent_it_and_its_papers_to_everybody_but_who_is_out(
    both: tuple[Console, Console], sign_in: SignIn, submit: Submit, desk: Desk
) -> None:
    out, other = both
    me = sign_in(Level.L2)
    no = submit("legal_aid", me)["no"]
    write = f"/console/cases/{no}/message"
    desk.do({"no": no}, "screen", "grant")
    make_paper(no=no, kind="service_address", staff_no=OTHER)
    for console in both:
        page = console.get(f"/console/cases/{no}").text
        assert all(said in page for said in (me.person.name, me.person.phone, write))
    (paper, *_) = files_in(page, no)
    bar(no)
    for console, hidden in ((out, True), (other, False)):
        answer = console.get(f"/console/cases/{no}")
        page = answer.text
        assert (HIDDEN in words(answer)) is hidden
        for said in (me.person.name, me.person.phone, write, "写一份", paper):
            assert (said not in page) is hidden, said
        assert console.get(f"/console/cases/{no}/files/{paper}").status_code == (404 if hidden else 200)


def test_who_typed_it_is_no_way_around(both: tuple[Console, Console]) -> None:
    out, other = both
    make_staff("T1", "legal_coordinator")
    told = submission("legal_aid")
    given = [GivenConsent(ConsentKey(one["key"]), one["version"]) for one in told["consents"]]
    typed = Told("legal_aid", "named", told["answers"], given, SOMEBODY.name, SOMEBODY.phone)
    no = file_at_desk(typed, staff_no="T1").case.no
    bar(no)
    for console, hidden in ((out, True), (other, False)):
        page = console.get(f"/console/cases/{no}").text
        assert (HIDDEN in page) is hidden
        assert (SOMEBODY.name not in page, SOMEBODY.phone not in page) == (hidden, hidden)


def test_an_approval_from_before_shows_nobody_any_more(app: Flask, sign_in: SignIn, submit: Submit) -> None:
    out = desk_of(app, OUT, "district_rights")
    make_member(OTHER, "district_rights")
    me = sign_in(Level.L2)
    no = submit("grievance", me, identity_mode="confidential")["no"]
    ask_for(no=no, act=PairedAct.REVEAL, staff_no=OUT, reason="要陪他去劳动监察")
    working.decide(no=no, what="reveal", staff_no=OTHER, approve=True)
    assert "已批准，查看是谁" in words(out.get(f"/console/cases/{no}"))
    assert me.person.phone in out.post(f"/console/cases/{no}/sender").text
    bar(no)
    page = words(out.get(f"/console/cases/{no}"))
    assert ("批准，查看是谁" in page, "申请查看是谁" in page, HIDDEN in page) == (False, False, True)
    refused = out.post(f"/console/cases/{no}/sender")
    assert (refused.status_code, me.person.phone in refused.text) == (409, False)


def acts(no: str, staff_no: str) -> Iterator[Any]:
    """Everything by which somebody turns to the worker, in words or on the phone, or looks at who that is."""
    yield lambda: writing.staff_message(no=no, staff_no=staff_no, text="请你再想想。")
    yield lambda: unanswered.note_read(no=no, staff_no=staff_no, version=_version(no))
    yield lambda: make_paper(no=no, kind="service_address", staff_no=staff_no)
    yield lambda: what_was_meant(no=no, via=Via.WITHDRAWAL, staff_no=staff_no)
    yield lambda: desk_pages.revealed_worker(no=no, staff_no=staff_no)
    yield lambda: rate_by_phone(no=no, staff_no=staff_no, heard=Heard(True, 5, 5))


def _version(no: str) -> int:
    return db.session.scalars(sa.select(Case.version).where(Case.no == no)).one()


def test_who_is_out_writes_and_rings_up_no_more_but_may_note_and_others_may_all(
    both: tuple[Console, Console], sign_in: SignIn, submit: Submit, desk: Desk
) -> None:
    no = submit("legal_aid", sign_in(Level.L2))["no"]
    desk.do({"no": no}, "screen", "grant")
    bar(no)
    for act in acts(no, OUT):
        with pytest.raises(Problem) as refused:
            act()
        assert (refused.value.status, refused.value.code, refused.value.title) == (409, "other_handler", OTHERS_TURN)
    assert both[0].get(f"/console/cases/{no}/answers").status_code == 409
    assert both[1].get(f"/console/cases/{no}/answers").status_code == 200
    told = both[0].post(f"/console/cases/{no}/message", {"text": "请你再想想。", "version": _version(no)})
    assert (told.status_code, OTHERS_TURN in words(told)) == (422, True)
    writing.staff_note(no=no, staff_no=OUT, text="当时是照材料定的。")
    *others, rating = acts(no, OTHER)
    for act in others:
        act()
    with pytest.raises(Problem) as refused:
        rating()
    assert refused.value.code == "nothing_to_rate", "what it is refused for has nothing to do with who asks"

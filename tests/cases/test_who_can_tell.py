"""One case of each mode from marked persons, and everything that anybody is shown or that is kept is searched for them.

Who sent a confidential case is told nowhere but after the asking that `test_in_confidence` shows; who sent an anonymous
one, nowhere. An employer's own union, and whoever has no part in it, learn not even that there is a case.
"""

import io
import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis as redis_library
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases import working, writing
from server.cases.models import Case
from server.cases.vocabulary import IdentityMode
from server.cases.working import Named
from server.core.access import Level
from server.core.audit import sealer
from server.core.db import db, transaction
from server.core.jobs import run_worker
from server.core.settings import settings
from server.notices.staff import staff_inbox
from server.unions.models import TradeUnion
from server.unions.responsible import name_street
from server.unions.service import admit
from server.unions.staff.roles import roles
from server.unions.staff.vocabulary import Right
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import FRIDAY, Freeze, Submit
from tests.cases.files.conftest import jpeg
from tests.console.test_every_page import plain_pages
from tests.desk import Desk, make_member
from tests.guards.test_marked_persons import dumped, redis_values
from tests.leaks import marks_in
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_street

NAMED, HIDDEN, NOBODY = IdentityMode.NAMED, IdentityMode.CONFIDENTIAL, IdentityMode.ANONYMOUS
WORDS = "早会上站长当着大家骂人，还扣了二百块钱蜂蜜。"
BRIEF = "请核实站点罚款的依据，三天内回复。"


@dataclass
class Sent:
    """Three cases that a street handles."""

    app: Flask
    no: dict[IdentityMode, str]
    who: dict[IdentityMode, Headers]
    secret: str
    street: TradeUnion
    firm: TradeUnion

    def identity(self, mode: IdentityMode) -> list[str]:
        """What tells who sent it."""
        if mode is NOBODY:
            return [self.secret]
        headers = self.who[mode]
        return [headers.person.name, headers.person.phone, headers.person.id_number, str(headers.worker_id)]


@pytest.fixture
def sent(app: Flask, client: FlaskClient, sign_in: SignIn, submit: Submit) -> Sent:
    street = make_street("440304011")
    with transaction() as session:
        firm = TradeUnion(
            code="U1",
            name="演示公司工会",
            kind=UnionKind.UNIT,
            parent_id=street.id,
            area_code="440304011",
            firm_side=True,
        )
        session.add(firm)
        session.flush()
    make_member("A0001", "district_rights")
    who = {mode: sign_in(Level.L2, who=person(number)) for mode, number in ((NAMED, 421), (HIDDEN, 422))}
    with transaction() as session:
        for headers in who.values():
            admit(session, worker_id=headers.worker_id, union=firm)
    no, secret = {}, ""
    for mode in (NAMED, HIDDEN, NOBODY):
        headers = who.get(mode)
        photo = client.post(
            "/api/v1/attachments",
            data={"file": (io.BytesIO(jpeg()), "a.jpg")},
            headers={**(headers or {}), "Idempotency-Key": str(uuid.uuid4())},
        ).json
        attachment = {key: photo[key] for key in ("id", "claim") if photo.get(key)}
        case = submit(
            "grievance",
            headers,
            identity_mode=mode.value,
            answers={"text": WORDS, "firm": "演示公司"},
            attachments=[attachment],
        )
        no[mode], secret = case["no"], case.get("secret", secret)
        working.staff_step(no=no[mode], code="accept", staff_no="A0001")
        writing.staff_message(no=no[mode], staff_no="A0001", text="收到了，正在核实。")
        named = Named(union_code=street.code)
        working.staff_step(no=no[mode], code="dispatch", staff_no="A0001", text=BRIEF, named=named)
    return Sent(app, no, who, secret, street, firm)


def shown_to(sent: Sent, number: str) -> Iterator[tuple[str, str]]:
    """Everything that the console shows to somebody: address and text, also of what is downloaded."""
    desk = Desk(sent.app).sign_in(number)
    pages = [rule.rule for rule in plain_pages(sent.app)]
    lists = ["/console/cases?whose=all", *(f"/console/cases?no={no}" for no in sent.no.values())]
    cases = [f"/console/cases/{no}{part}" for no in sent.no.values() for part in ("", "/answers", "/present", "/note")]
    calls = re.findall(r"/console/calls/[a-z]+/[\w-]+", desk.get("/console/calls").text)
    for path in [*pages, *lists, *cases, *calls]:
        answer = desk.get(path)
        if answer.data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
                yield path, "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
        else:
            # What somebody asked for stands in the page again.
            yield path, answer.text if answer.status_code < 400 else ""


def found_in(pages: list[tuple[str, str]], *wanted: str) -> set[str]:
    """Addresses of the pages that hold any of these."""
    return {path for path, text in pages if any(one in text for one in wanted)}


def test_who_handles_them_reads_the_words_and_knows_only_who_gave_a_name(sent: Sent) -> None:
    make_member("S0001", "street_worker", union=sent.street)
    for number in ("A0001", "S0001"):
        pages = list(shown_to(sent, number))
        assert {f"/console/cases/{no}" for no in sent.no.values()} <= found_in(pages, WORDS)
        assert f"/console/cases/{sent.no[NAMED]}" in found_in(pages, sent.who[NAMED].person.phone)
        for mode in (HIDDEN, NOBODY):
            assert found_in(pages, *sent.identity(mode)) == set()


@pytest.mark.parametrize("role", sorted(key for key, role in roles().items() if Right.CASE_READ not in role.rights))
def test_whoever_does_not_read_cases_learns_nothing_of_them(sent: Sent, role: str) -> None:
    make_member("T0001", role)
    pages = list(shown_to(sent, "T0001"))
    assert len([text for _, text in pages if text]) > 1, "somebody is signed in"
    assert found_in(pages, WORDS) == set()
    hidden = [*sent.identity(HIDDEN), *sent.identity(NOBODY)]
    assert found_in(pages, *hidden) == set()
    if Right.CASE_OUTSIDE in roles()[role].rights:
        assert {f"/console/cases/{no}" for no in sent.no.values()} <= found_in(pages, BRIEF)
        assert found_in(pages, *sent.identity(NAMED)) == set()
    else:
        assert found_in(pages, BRIEF) == set()


def test_an_office_outside_learns_nothing_of_what_was_not_handed_over_to_it(sent: Sent, submit: Submit) -> None:
    """Neither where the worker belongs, whose street it is, nor where a rule put the case."""
    there = make_street("440304002")

    def case(union: TradeUnion | None = None, *more: str) -> str:
        no = str(submit("grievance", sent.who[HIDDEN], identity_mode=HIDDEN.value, answers={"text": WORDS})["no"])
        working.staff_step(no=no, code="accept", staff_no="A0001")
        if union is not None:
            named = Named(union_code=union.code)
            working.staff_step(no=no, code="dispatch", staff_no="A0001", text=BRIEF, named=named)
        for code in more:
            working.staff_step(no=no, code=code, staff_no="A0001", text="这家单位不在我们街道。")
        return no

    with_nobody, elsewhere, given_back, mine = case(), case(there), case(sent.street, "return_once"), case(sent.street)
    routed = case()
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.no == routed).values(union_id=sent.street.id))
    for number, union, seen in (
        ("P0001", sent.street, {mine}),
        ("P0002", there, {elsewhere}),
        ("P0003", make_district(), {mine, elsewhere}),
    ):
        make_member(number, "partner_office", union=union)
        desk = Desk(sent.app).sign_in(number)
        listed = "".join(
            desk.get(f"/console/cases?whose={whose}&turn={turn}").text
            for whose in ("all", "nobody")
            for turn in ("", "union", "outside")
        )
        for no in (with_nobody, elsewhere, given_back, mine, routed):
            assert (no in listed) == (no in seen), (number, no)
            assert desk.get(f"/console/cases/{no}").status_code == (200 if no in seen else 404), (number, no)
            assert (f"/cases/{no}" in desk.get(f"/console/cases?no={no}").headers.get("Location", "")) == (no in seen)


def test_an_employers_own_union_does_not_learn_that_there_is_a_case(sent: Sent) -> None:
    for number, role in (("U0001", "street_worker"), ("U0002", "base_chair"), ("U0003", "partner_office")):
        make_member(number, role, union=sent.firm)
        pages = list(shown_to(sent, number))
        asked = {f"/console/cases?no={no}" for no in sent.no.values()}
        assert found_in(pages, WORDS, BRIEF) == set()
        assert found_in(pages, *sent.no.values()) <= asked, "only the number that they typed themselves"
        # Members are theirs to know; that one of them complains is not.
        assert {path for path in found_in(pages, *sent.identity(HIDDEN)) if "/cases" in path} == set()


def test_whoever_rings_people_up_does_not_learn_who_sent_it(
    app: Flask, submit: Submit, sign_in: SignIn, freeze: Freeze
) -> None:
    """Two questions that reach nobody: whoever gave a name is rung up, of the other whoever has the case hears."""
    freeze(FRIDAY)
    street = make_street("440304011")
    make_member("A0001", "district_rights")
    who = {mode: sign_in(Level.L2, who=person(number)) for mode, number in ((NAMED, 421), (HIDDEN, 422))}
    with transaction() as session:
        for one in who.values():
            name_street(session, worker_id=one.worker_id, area="440304011")
    no = {mode: str(submit("grievance", who[mode], identity_mode=mode.value)["no"]) for mode in who}
    for one in no.values():
        working.staff_step(no=one, code="accept", staff_no="A0001")
        working.staff_step(no=one, code="ask_more", staff_no="A0001", text="是哪个站点？")
    run_worker(app, wait=False, periodic_tasks=False)
    sent = Sent(app, no, who, "", street, street)
    for number, role in (("S0001", "street_worker"), ("W0001", "worker_desk"), ("A0001", None)):
        if role is not None:
            make_member(number, role, union=street if role == "street_worker" else make_district())
        pages = list(shown_to(sent, number))
        assert found_in(pages, *sent.identity(HIDDEN)) == set(), number
        if role is not None:
            assert found_in(pages, no[NAMED]) & found_in(pages, who[NAMED].person.phone), "whoever is named is rung up"
    said = [one.text for one in staff_inbox(staff_no="A0001", limit=9)]
    assert [text for text in said if "没有送到" in text and no[HIDDEN] in text] != []
    assert [text for text in said if no[NAMED] in text] == []


def test_another_street_learns_nothing(sent: Sent) -> None:
    make_member("X0001", "street_worker", union=make_street("440304002"))
    pages = list(shown_to(sent, "X0001"))
    assert found_in(pages, WORDS, BRIEF, *sent.identity(HIDDEN), *sent.identity(NOBODY)) == set()


def test_nothing_that_is_kept_tells_in_the_open_who_it_was_or_what_they_said(
    sent: Sent, redis: redis_library.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    list(shown_to(sent, "A0001"))
    sealer.seal()
    db.session.rollback()
    dump = dumped(db.engine.url)
    assert b"INSERT INTO public.audit_event " in dump
    kept = [dump, *redis_values(redis), *(one.read_bytes() for one in settings().data_dir.rglob("*") if one.is_file())]
    kept += [record.getMessage().encode() for record in caplog.records]
    assert [marks_in(one) for one in kept if marks_in(one)] == []
    assert [one[:80] for one in kept if WORDS.encode() in one or sent.secret.encode() in one] == []
    # Of an anonymous case no row anywhere leads to one of the persons of this test.
    (case_id,) = db.session.scalars(
        sa.text("SELECT id::text FROM service_case WHERE no = :no"), {"no": sent.no[NOBODY]}
    )
    lines = [line for line in dump.decode("utf-8", "replace").splitlines() if case_id in line]
    assert lines
    for headers in sent.who.values():
        assert [line[:80] for line in lines if str(headers.worker_id) in line] == []

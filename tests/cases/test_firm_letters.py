"""一函两书: from a grievance, verified by two, signed by another, numbered, answered or passed on."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from server.cases import working
from server.cases.capabilities import registry
from server.cases.capabilities.doing import Doing
from server.cases.capabilities.letters import letter
from server.cases.escalation import escalate
from server.cases.files.models import Attachment
from server.cases.locking import lock
from server.cases.models import Case, CaseNote
from server.cases.opened_from import open_from
from server.cases.papers import drawing as drawing_of_papers
from server.cases.papers.models import CasePaper
from server.cases.papers.rules import Paper
from server.cases.retention.purging import purge
from server.cases.steps import WORKER, make, moment
from server.clocks import deadlines
from server.clocks.models import Clock
from server.clocks.tables import TableError
from server.core.access import Level
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import Problem
from server.core.pdf import NoFonts
from server.core.storage import storage
from server.notices.models import StaffNotice
from tests.cases.conftest import FRIDAY, Freeze, Submit
from tests.cases.letters import FIRM, RIDER, WORDS, Opened, do, read, sign, text_of
from tests.cases.letters import opened as opened
from tests.desk import desk_of, words
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff, make_street


def test_the_three_letters_go_out_one_after_the_other(opened: Opened, freeze: Freeze) -> None:
    no = opened()
    source = db.session.get_one(Case, read(no).opened_from_id).no
    make_staff("H1", "district_rights")
    working.staff_step(no=source, code="accept", staff_no="H1")
    sign(no, "hint")
    with pytest.raises(Problem) as unproved:
        working.staff_step(no=no, code="deliver_hint", staff_no="S1", text="人事部签收。")
    assert "这一步要附上照片" in str(unproved.value.errors)
    do(no, "deliver_hint", "人事部签收。")
    (heard,) = db.session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "case.letter"))
    assert (heard.staff_no, heard.link) == ("H1", f"/cases/{source}")
    assert "提示函送到单位了，等单位答复，工友的进展里写上了" in heard.text
    assert read(no).state == "hint_out"
    freeze(FRIDAY + timedelta(days=20))
    escalate(at=now())
    told = db.session.scalars(sa.select(StaffNotice.text).where(StaffNotice.kind == "clock.100")).all()
    assert any(no in one and "单位答复提示函" in one for one in told), "nobody answered: that is said"
    sign(no, "opinion")
    do(no, "deliver_opinion", "前台签收。")
    do(no, "answer", "回函说不改。")
    sign(no, "propose")
    do(no, "deliver_proposal", "窗口收了。")
    do(no, "ruled", "立案了，责令退回。")
    case = read(no)
    assert (case.state, case.worker_id) == ("ruled", None)
    papers = db.session.scalars(sa.select(CasePaper).order_by(CasePaper.number)).all()
    assert [(one.kind, one.issued_year, one.issued_no) for one in papers] == [
        ("firm_hint", 2026, 1),
        ("firm_opinion", 2026, 1),
        ("firm_proposal", 2026, 1),
    ]
    proofs = db.session.scalars(sa.select(Attachment.id).where(Attachment.case_id == case.id)).all()
    assert len(set(proofs) - {one for paper in papers for one in (paper.docx_id, paper.pdf_id)}) == 3


def test_the_queue_names_the_firm_but_of_a_case_in_confidence(
    app: Flask, opened: Opened, count_queries: list[str]
) -> None:
    desk = desk_of(app, "A0001", "district_rights")

    def shown(mode: str, firm: str) -> tuple[bool, int]:
        opened(mode, firm=firm)
        count_queries.clear()
        return firm in words(desk.get("/console/cases?whose=all")), len(count_queries)

    assert shown("confidential", "深圳市演示家政有限公司")[0] is False
    first, second = shown("named", "深圳市演示配送有限公司"), shown("named", "深圳市演示快递有限公司")
    assert first == second
    assert first[0]


def test_two_supervisors_are_two_people_with_two_cards(opened: Opened) -> None:
    for who, column in (
        ({"name": "测小工甲", "card": "JD-2"}, "name"),
        ({"name": "测小工乙", "card": "ｊｄ- 1"}, "card"),
    ):
        with pytest.raises(Problem) as refused:
            opened(supervisors=[{"name": "测小工甲", "card": "JD-1"}, who])
        assert refused.value.errors == {f"answers.supervisors.1.{column}": ["和上面一行一样，要写不同的"]}


def test_who_is_told_is_locked_before_the_letter_so_that_nobody_waits_in_a_circle(
    app: Flask, opened: Opened, freeze: Freeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = opened()
    source = db.session.get_one(Case, read(no).opened_from_id).no
    sign(no, "hint")
    with transaction():
        filed, service = lock(no=source)
        make(filed, service, service.machine.steps["withdraw"], by=WORKER, at=moment(filed))
    # Its answers are to go, while the letter that it led to is still under way.
    freeze(FRIDAY + timedelta(days=366 * 40))
    known, at_night = registry.CAPABILITIES["tell_source"], ThreadPoolExecutor(1)
    nights: list[Future[int]] = []

    def empty() -> int:
        with app.app_context():
            try:
                return sum(purge(at=now()).values())
            finally:
                db.session.remove()

    def meeting(doing: Doing, parameters: Mapping[str, Any]) -> None:
        nights.append(other := at_night.submit(empty))
        # Of this database: the cluster has others, whose tests wait for locks as well.
        waits = sa.text(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        patience = time.monotonic() + 30
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
            while not other.done() and not watching.scalar(waits):
                assert time.monotonic() < patience, "it neither waits nor comes to its end"
        known.run(doing, parameters)

    monkeypatch.setitem(registry.CAPABILITIES, "tell_source", registry.Known(meeting, known.fields, known.needs))
    with at_night:
        do(no, "deliver_hint")
    assert [night.result() for night in nights] == [0]
    assert read(source).emptied_at is None, "what is worked on is left for the next night"
    assert read(no).state == "hint_out"
    assert purge(at=now())["grievance"] == 1
    assert read(source).emptied_at is not None


def test_nothing_goes_out_before_two_have_verified_it_and_another_has_signed(opened: Opened) -> None:
    no = opened(supervisors=[{"name": "测小工甲", "card": "JD-1"}, {"name": "测小工乙", "card": "JD-2"}], facts=None)
    with pytest.raises(Problem) as half:
        do(no, "hint", WORDS)
    assert "核实到的情况" in str(half.value.errors)
    whole = opened()
    do(whole, "hint", WORDS)
    (told,) = db.session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "case.to_decide"))
    assert (told.staff_no, told.link) == ("C1", f"/cases/{whole}")
    make_staff("D1", "district_rights")
    for other in ("S1", "D1"):
        with pytest.raises(Problem) as refused:
            working.decide(no=whole, what="hint", staff_no=other, approve=True)
        assert refused.value.status == 403, "the chair signs"
    assert read(whole).state == "checking"
    assert db.session.scalars(sa.select(CasePaper)).all() == []


def test_two_signed_at_the_same_moment_have_two_numbers(
    app: Flask, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [opened(), opened()]
    for no in numbers:
        do(no, "hint", WORDS)
    db.session.rollback()
    both = threading.Barrier(2)
    # What is drawn does not matter here, and takes long on a busy machine.
    for kind in ("pdf_of", "docx_of"):
        monkeypatch.setattr(drawing_of_papers, kind, lambda _: b"a letter")
    known = registry.CAPABILITIES["letter"]

    def meeting(doing: Doing, parameters: Mapping[str, Any]) -> None:
        both.wait(30)
        letter(doing, parameters)

    monkeypatch.setitem(registry.CAPABILITIES, "letter", registry.Known(meeting, known.fields, known.needs, True))

    def approve(no: str) -> None:
        with app.app_context():
            working.decide(no=no, what="hint", staff_no="C1", approve=True)
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(approve, numbers))
    assert set(db.session.scalars(sa.select(CasePaper.issued_no))) == {1, 2}


def test_a_proposal_is_the_districts_also_of_a_case_that_lies_with_a_street(opened: Opened) -> None:
    no, street = opened(), make_street("440304011")
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.no == no).values(union_id=street.id))
    sign(no, "opinion")
    do(no, "deliver_opinion")
    sign(no, "propose")
    papers = db.session.scalars(sa.select(CasePaper).order_by(CasePaper.number)).all()
    assert [one.issued_by for one in papers] == [street.id, make_district().id]


def test_a_union_has_times_of_its_own(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "of_unions", lambda: {("FL_HINT", "GH440304"): 20, ("YS_REPLY", "GH440307"): 30})
    no = opened()
    sign(no, "hint")
    do(no, "deliver_hint")
    sign(no, "opinion")
    do(no, "deliver_opinion")
    papers = db.session.scalars(sa.select(CasePaper).order_by(CasePaper.number)).all()
    assert ["20 个工作日" in text_of(papers[0]), "15 个工作日" in text_of(papers[1])] == [True, True]
    clocks = db.session.execute(sa.select(Clock.key, Clock.amount).where(Clock.owner_id == read(no).id)).all()
    assert {("hint", 20), ("opinion", 15)} <= {(key, amount) for key, amount in clocks}


def test_a_table_of_unions_that_is_wrong_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "deadlines_of_unions.csv"
    for row in ("NOT_KNOWN,GH440304,5,文", "FL_HINT,GH440304,0,文", "FL_HINT,,5,文"):
        table.write_text(f"code,union,amount,source\n{row}\n", "utf-8")
        with pytest.raises(TableError):
            deadlines.load_of_unions(table, deadlines.deadlines())


def test_nobody_waits_for_a_letter_that_is_being_drawn(
    app: Flask, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = opened(), opened()
    for no in (slow, quick):
        do(no, "hint", WORDS)
    db.session.rollback()
    drawing, signed = threading.Event(), threading.Event()

    def pdf(_: Paper) -> bytes:
        if threading.current_thread() is not threading.main_thread() and not signed.is_set():
            drawing.set()
            assert signed.wait(30), "the other one waits for this"
        return b"a letter"

    monkeypatch.setattr(drawing_of_papers, "pdf_of", pdf)
    monkeypatch.setattr(drawing_of_papers, "docx_of", lambda paper: paper.number.encode())

    def approve(no: str) -> None:
        with app.app_context():
            working.decide(no=no, what="hint", staff_no="C1", approve=True)
            db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(approve, slow)
        assert drawing.wait(30)
        working.decide(no=quick, what="hint", staff_no="C1", approve=True)
        signed.set()
        first.result()
    rows = db.session.execute(sa.select(Case.no, CasePaper).join(Case, Case.id == CasePaper.case_id)).all()
    assert {no: paper.issued_no for no, paper in rows} == {quick: 1, slow: 2}
    for _, paper in rows:
        key = db.session.get_one(Attachment, paper.docx_id).storage_key
        assert b"".join(storage().open(key)).decode() == f"提示函〔2026〕{paper.issued_no} 号"


def test_a_letter_that_could_not_be_drawn_takes_no_number(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_fonts(_: Paper) -> bytes:
        raise NoFonts("没有中文字体")

    def cut_off(_: Paper) -> bytes:
        pid = db.session.scalar(sa.select(sa.func.pg_backend_pid()))
        with db.engine.connect() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(pid)))
        return b"a letter"

    no = opened()
    do(no, "hint", WORDS)
    monkeypatch.setattr(drawing_of_papers, "docx_of", lambda _: b"a letter")
    for fails, error in ((without_fonts, Problem), (cut_off, OperationalError)):
        monkeypatch.setattr(drawing_of_papers, "pdf_of", fails)
        with pytest.raises(error):
            working.decide(no=no, what="hint", staff_no="C1", approve=True)
        assert read(no).state == "checking"
    monkeypatch.setattr(drawing_of_papers, "pdf_of", lambda _: b"a letter")
    working.decide(no=no, what="hint", staff_no="C1", approve=True)
    assert db.session.scalars(sa.select(CasePaper.issued_no)).all() == [1]


def test_it_is_opened_at_the_desk_and_both_lead_to_each_other(
    app: Flask, freeze: Freeze, sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    freeze(FRIDAY)
    no = submit("grievance", sign_in(Level.L2, who=RIDER), identity_mode="confidential")["no"]
    desk = desk_of(app, "D1", "district_rights")
    assert "开一件一函两书" in words(desk.get(f"/console/cases/{no}"))
    path = f"/console/cases/{no}/openings/firm_letter"
    assert "不要写是谁反映的" in words(desk.get(path))
    assert desk.post(path, {"q_matters": ["pay"]}).status_code == 303, "what is not known yet comes later"
    again = desk.post(path, FIRM)
    assert (again.status_code, "已经开了一件在办" in words(again)) == (422, True)
    letter_no = db_session.scalars(sa.select(Case.no).where(Case.service == "firm_letter")).one()
    assert letter_no in words(desk.get(f"/console/cases/{no}"))
    answer = desk.get(f"/console/cases/{letter_no}")
    assert no in answer.text
    assert "/message" not in answer.text, "there is no worker to write to"
    assert RIDER.name not in answer.text
    assert any(letter_no in one for one in db_session.scalars(sa.select(CaseNote.text)))
    make_staff("W1", "worker_desk")
    with pytest.raises(Problem) as refused:
        open_from(no=no, service="firm_letter", staff_no="W1", answers={})
    assert refused.value.status == 403

"""一函两书: the employer learns of nobody who complained."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases import working
from server.cases.models import Case, CaseEvent
from server.cases.opened_from import open_from
from server.cases.papers.models import CasePaper
from server.cases.proxies import filing
from server.cases.retention.purging import purge
from server.core.access import Level
from server.core.db import db
from server.core.errors import Problem
from server.identity.consents import GivenConsent
from server.identity.models import ConsentKey
from server.notices.models import Notice
from tests.cases.conftest import FRIDAY, Follow, Freeze, Submit, submission
from tests.cases.declared import services
from tests.cases.letters import MERGED, NO_ACCOUNT, RIDER, WORDS, Opened, do, read, sign, text_of
from tests.cases.letters import opened as opened
from tests.desk import desk_of
from tests.sign_in import SignIn
from tests.staff import make_staff


def test_the_letter_says_what_was_signed_and_nothing_of_who_complained(opened: Opened) -> None:
    no = opened("named")
    for told in (f"{RIDER.name} 说你单位扣钱。", f"请联系 {RIDER.phone}。"):
        with pytest.raises(Problem) as refused:
            do(no, "hint", told)
        assert "不能让单位知道是谁反映的" in str(refused.value.errors)
    with pytest.raises(Problem) as copied:
        do(no, "hint", str(services()["grievance"].example["text"]))
    assert "不要抄工友的原话" in str(copied.value.errors)
    sign(no, "hint")
    (paper,) = db.session.scalars(sa.select(CasePaper)).all()
    written = text_of(paper)
    for part in ("提示函〔2026〕1 号", "深圳市演示配送有限公司", "劳动报酬", WORDS, "10 个工作日", "区总工会"):
        assert part in written, part
    source = db.session.get_one(Case, read(no).opened_from_id)
    for part in (source.no, RIDER.name, RIDER.phone, "＿"):
        assert part not in written.partition("签收人")[0], part


def test_nobody_is_named_who_has_no_account_or_whose_case_was_merged(
    freeze: Freeze, sign_in: SignIn, submit: Submit
) -> None:
    freeze(FRIDAY)
    make_staff("S1", "district_rights")
    body = submission("grievance")
    told = filing.Told(
        service="grievance",
        mode="named",
        answers=body["answers"],
        consents=[GivenConsent(ConsentKey(one["key"]), one["version"]) for one in body["consents"]],
        name=NO_ACCOUNT.name,
        phone=NO_ACCOUNT.phone,
    )
    lead = filing.file_at_desk(told, staff_no="S1").case.no
    merged = submit("grievance", sign_in(Level.L2, who=MERGED))["no"]
    for no in (lead, merged):
        working.staff_step(no=no, code="accept", staff_no="S1")
    working.staff_step(no=merged, code="merge", staff_no="S1", named=working.Named(lead_no=lead))
    whole = dict(services()["firm_letter"].example_by_staff)
    no = open_from(no=lead, service="firm_letter", staff_no="S1", answers=whole).no
    for part in (NO_ACCOUNT.name, NO_ACCOUNT.phone, MERGED.name, MERGED.phone):
        with pytest.raises(Problem) as refused:
            do(no, "hint", f"{part} 说你单位扣钱。")
        assert "不能让单位知道是谁反映的" in str(refused.value.errors), part


def merged_into(lead: str, other: str, *, by: str = "S1") -> None:
    """Two grievances that are one from now on."""
    for no in (lead, other):
        working.staff_step(no=no, code="accept", staff_no=by)
    working.staff_step(no=other, code="merge", staff_no=by, named=working.Named(lead_no=lead))


def test_the_words_of_whoever_was_merged_are_not_copied_and_they_hear_what_came_of_it(
    opened: Opened, submit: Submit, sign_in: SignIn, follow: Follow
) -> None:
    no = opened()
    source = db.session.get_one(Case, read(no).opened_from_id).no
    theirs = "站长每个月从我工资里扣两百块雨衣钱，从来不给收据"
    other = sign_in(Level.L2, who=MERGED)
    merged = submit("grievance", other, answers={"text": theirs})
    merged_into(source, merged["no"])
    said = "上个月还多扣了一百块说是打扫站点的卫生费"
    assert follow(merged, other).post("messages", {"text": said}).status_code == 201
    for copied in (theirs, said):
        with pytest.raises(Problem) as refused:
            do(no, "hint", f"你单位{copied}，请核对。")
        assert "不要抄工友的原话" in str(refused.value.errors)
    sign(no, "hint")
    do(no, "deliver_hint")
    told = "工会的提示函送到单位了，等单位答复"
    for one in (source, merged["no"]):
        events = db.session.scalars(sa.select(CaseEvent.what).where(CaseEvent.case_id == read(one).id)).all()
        assert events[-1:] == [told], one
    notices = db.session.scalars(sa.select(Notice.body).where(Notice.kind == "case.letter")).all()
    assert sorted(notices) == sorted(f"{one}：{told}。" for one in (source, merged["no"]))


def test_who_was_merged_after_it_was_written_is_not_named_by_what_is_signed(
    opened: Opened, submit: Submit, sign_in: SignIn
) -> None:
    no = opened()
    source = db.session.get_one(Case, read(no).opened_from_id).no
    do(no, "hint", f"你单位扣款没有依据。{MERGED.name} 的也要退。")
    merged_into(source, submit("grievance", sign_in(Level.L2, who=MERGED))["no"])
    with pytest.raises(Problem) as refused:
        working.decide(no=no, what="hint", staff_no="C1", approve=True)
    assert "第 2 句里有工友的姓名" in str(refused.value.errors)
    assert read(no).state == "checking"


def test_the_name_of_the_firm_is_nobodys_own_words(opened: Opened, submit: Submit, sign_in: SignIn) -> None:
    long = "深圳市演示同城即时配送服务有限公司"
    no = opened(firm=long)
    source = db.session.get_one(Case, read(no).opened_from_id).no
    merged_into(source, submit("grievance", sign_in(Level.L2, who=MERGED), answers={"firm": long})["no"])
    sign(no, "hint", f"{long}扣款没有依据，请核对。")
    assert read(no).state == "hint_signed"


def test_none_is_opened_from_what_was_emptied(freeze: Freeze, sign_in: SignIn, submit: Submit, follow: Follow) -> None:
    freeze(FRIDAY)
    make_staff("S1", "district_rights")
    rider = sign_in(Level.L2, who=RIDER)
    case = submit("grievance", rider)
    assert follow(case, rider).post("withdrawal", {}).status_code == 200
    assert purge(at=FRIDAY + timedelta(days=366 * 40))["grievance"] == 1
    with pytest.raises(Problem) as refused:
        open_from(no=case["no"], service="firm_letter", staff_no="S1", answers={})
    assert refused.value.status == 404, "nobody knows any more who is not to be named"


def test_the_list_does_not_say_of_a_letter_how_a_worker_asked(app: Flask, opened: Opened) -> None:
    no = opened()
    rows = desk_of(app, "D1", "district_rights").get("/console/cases?whose=all").text.split('class="case-row"')[1:]
    letter, complaint = (next(row for row in rows if number in row) for number in (no, "SQ"))
    assert ("工会自己办的" in letter, "实名" in letter) == (True, False)
    assert ("工会自己办的" in complaint, "隐名" in complaint) == (False, True)

"""Markup in every field of free words does nothing wherever it is shown: on each page of the desk, and on the phone."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Dialog, Page

from server.activities.models import Activity, ActivityGroup
from server.cases.assigning.models import CaseAssignee, CaseTalk
from server.cases.catalogue import catalogue
from server.cases.exchange.models import CaseExchange
from server.cases.models import Author, Case, CaseMessage, CaseNote, CaseProposal
from server.cases.vocabulary import Direction
from server.city.words import Word
from server.console.models import SavedFilter
from server.core.clock import now, today
from server.core.db import Base, transaction
from server.identity.models import DeskRequest, Worker
from server.me.models import CorrectionRequest
from server.notices.models import Notice, StaffNotice
from server.stations.models import Station, StationOverride
from server.unions.lists.models import MemberListLine
from server.unions.models import MembershipEvent, TradeUnion
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.roles import roles
from tests.attacks.offices import Street
from tests.attacks.test_permissions import Staff
from tests.console.test_stored_scripts import scripted_answers
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.desk_pages import pages_of, with_more
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import kept_script
from tests.live import LiveServer
from tests.sign_in import SignIn

WORDS: dict[type[Base], tuple[str, ...]] = {
    Activity: ("title", "summary", "rules", "place"),
    ActivityGroup: ("name",),
    CaseAssignee: ("phone", "account", "parties"),
    CaseExchange: ("their_no", "office", "said"),
    CaseMessage: ("text",),
    CaseNote: ("text",),
    CaseProposal: ("text",),
    CaseTalk: ("text",),
    CorrectionRequest: ("text",),
    DeskRequest: ("name", "wanted"),
    MemberListLine: ("sentence",),
    MembershipEvent: ("reason",),
    Notice: ("title", "body"),
    RoleGrant: ("reason",),
    SavedFilter: ("name",),
    StaffAccount: ("name",),
    StaffNotice: ("text",),
    Station: ("name", "address"),
    StationOverride: ("reason",),
    TradeUnion: ("name",),
    Worker: ("name", "phone"),
}
"""Columns that hold what somebody typed. Answers to the questions of a service are filled in beside them."""


REST = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>{{7*7}}"


def marked(name: str) -> str:
    """Markup that says which column it stands in, in forms that break out of text, of attributes and of scripts."""
    return f"<stored-words onclick=alert(1)>{name}</stored-words>" + REST


PHONE = (
    "/",
    "/pages/stations/stations",
    "/stations/detail/detail?code=FT0001",
    "/pages/activities/activities",
    "/activities/detail/detail?id={street.activity_id}",
    "/activities/mine/mine",
    "/activities/pass/pass?id={street.signup_id}",
    "/cases/mine/mine",
    "/cases/case/case?no={street.case_no}",
    "/cases/case/case?no={talked}",
    "/account/inbox/inbox",
    "/account/verify/verify",
    "/pages/me/me",
    "/manager/today/today",
)
"""What shows the worker words of others, or their own."""

DONE = """() => [...document.querySelectorAll('stored-words, img[src="x"]')].map(one => one.outerHTML)
    .concat([...document.scripts].map(one => one.textContent).filter(one => one.includes('alert(1)')))
    .concat([...document.querySelectorAll('*')].flatMap(one => [...one.attributes]
        .filter(held => held.name.startsWith('on') && held.value.includes('alert(1)')).map(held => held.name)))"""
"""What became of the words besides words."""


class Watched:
    """A page on which nothing may happen; `seen` are the columns whose words stood on it."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked, self.seen = page, list[str](), set[str]()
        page.on("dialog", self._refuse)

    def _refuse(self, dialog: Dialog) -> None:
        self.asked.append(dialog.message)
        dialog.dismiss()

    def look(self) -> list[str]:
        """What happened."""
        self.seen |= set(
            re.findall(r"stored-words onclick=alert\(1\)(?:&gt;|>)([a-z_]+\.[a-z_]+)", self.page.content())
        )
        happened: list[str] = self.page.evaluate(DONE)
        if "</script>49" in self.page.content().replace("&lt;", "<").replace("&gt;", ">"):
            happened.append("a template was filled in")
        return happened + self.asked


def write_markup(street: Street) -> set[str]:
    """Everywhere; the names of the columns."""
    service, at = catalogue().current["grievance"], now()
    with transaction() as session:
        case = session.scalars(sa.select(Case).where(Case.no == street.case_no)).one()
        case.answers = json.dumps(scripted_answers(service))
        session.add_all(
            [
                CaseMessage(case_id=case.id, at=at, author=Author.WORKER, text=""),
                CaseNote(case_id=case.id, at=at, staff_no="COLLEAGUE", step=None, text=""),
                CaseProposal(case_id=case.id, step="hide_one", text="", asked_by="COLLEAGUE", asked_at=at),
                CaseExchange(
                    case_id=case.id,
                    direction=Direction.OUT,
                    begun_at=at,
                    their_state=Word.TAKEN,
                    their_seq=1,
                    asks_rating=False,
                ),
            ]
        )
        for index in range(len(roles())):
            number = f"HERE-{index}"
            session.add(SavedFilter(staff_no=number, name="", query="whose=all"))
            session.add(StaffNotice(staff_no=number, kind="case", text="", link="/console/", created_at=at))
        station = session.scalars(sa.select(Station)).one()
        override = session.scalars(sa.select(StationOverride)).one()
        # Not over before it is looked at, should midnight come between.
        override.last_day = today() + timedelta(days=1)
        override.street_code, override.district_code, override.station_id = None, None, station.id
        session.flush()
        for model, columns in WORDS.items():
            table = model.__tablename__
            values = {column: marked(f"{table}.{column}") for column in columns}
            changed = session.execute(sa.update(model).values(values))
            assert changed.rowcount, f"there is no {table}"
    return {f"{model.__tablename__}.{column}" for model, columns in WORDS.items() for column in columns}


def a_phone_of(client: FlaskClient, browser: Browser, server: LiveServer, street: Street) -> Phone:
    """Of the street's member, signed in."""
    worker = client.get("/api/v1/me", headers=street.member).json
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, service_workers="block")
    context.set_default_timeout(30_000)
    token = street.member["Authorization"].removeprefix("Bearer ")
    context.add_init_script(kept_script("session", {"token": token, "worker": worker}))
    return Phone(context.new_page(), server.base_url)


@pytest.fixture
def street(app: Flask, client: FlaskClient, sign_in: SignIn, tmp_path: Path) -> Street:
    app.extensions["warmbee_services"].kept.clear()
    return Street(client, sign_in, tmp_path)


def test_words_stay_words_wherever_they_are_shown(
    app: Flask, client: FlaskClient, chromium: Browser, server: LiveServer, street: Street, sign_in: SignIn
) -> None:
    staff = Staff(street)
    more = with_more(app, staff, street, sign_in)
    written = write_markup(street)
    clerk = Clerk(chromium, server)
    desk, found = Watched(clerk.page), {}
    for name, member, path in pages_of(app, staff, street, more):
        clerk.enter(member).open(path)
        found[name] = desk.look()
    assert {name: happened for name, happened in found.items() if happened} == {}
    clerk.context.close()

    phone = a_phone_of(client, chromium, server, street)
    mine = Watched(phone.page)
    for path in PHONE:
        phone.open(path.format(street=street, talked=more["GET /cases/<no>/talk"][1].split("/")[3]), settled=True)
        found[path] = mine.look()
    phone.page.goto(f"{server.base_url}/s/FT0001")
    found["/s/FT0001"] = mine.look()
    assert {name: happened for name, happened in found.items() if happened} == {}
    phone.page.context.close()
    assert written - desk.seen - mine.seen == set()

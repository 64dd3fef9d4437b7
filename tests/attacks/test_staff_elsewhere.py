"""Staff of other streets, and staff whose right is not there any more, get nowhere with any command or page."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.clock import now
from server.core.db import transaction
from server.unions.models import TradeUnion
from server.unions.staff import service
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.roles import roles
from server.unions.staff.vocabulary import GrantState
from tests.attacks.books import books, changed
from tests.attacks.offices import COMMANDS, NOBODYS, Command, Street
from tests.desk import Desk, make_member, words
from tests.sign_in import SignIn
from tests.staff import make_staff

REFUSED = ("这个工号办不了这件事", "不归你管", "没有这一条，或者已经打过了")
"""In general, for a row of a list, and for whom somebody else rings up."""
NAMES_STAFF = {"--by", "--as"}


@pytest.fixture
def street(app: Flask, client: FlaskClient, sign_in: SignIn, tmp_path: Path) -> Street:
    app.extensions["warmbee_services"].kept.clear()
    return Street(client, sign_in, tmp_path)


def test_every_command_that_names_its_staff_is_tried(app: Flask) -> None:
    there = {
        " ".join(path)
        for path, command in commands(app.cli, [])
        if any(NAMES_STAFF & set(parameter.opts) for parameter in command.params)
    }
    tried = {str(command) for command in COMMANDS}
    assert there - tried - NOBODYS.keys() == set(), "add to tests/attacks/offices.py"
    assert (tried | NOBODYS.keys()) - there == set(), "there is no such command any more"


def commands(group: click.Group, path: list[str]) -> Iterator[tuple[list[str], click.Command]]:
    for name in group.list_commands(context := click.Context(group)):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, [*path, name])
        else:
            yield [*path, name], command


def test_nobody_without_the_right_there_does_anything_and_who_has_it_does(app: Flask, street: Street) -> None:
    staff, wrong = Staff(street), []
    for command in COMMANDS:
        typed = command.typed(street)
        who_may, others = staff.with_it(command), staff.without_it(command)
        before = books()
        for who in others:
            done = app.test_cli_runner().invoke(args=[*typed, command.named, who])
            if done.exit_code != 1 or not any(sentence in done.output for sentence in REFUSED):
                wrong.append(f"{command} by {who}: {done.exit_code} {done.output.strip()[-200:]}")
            if tables := changed(before):
                wrong.append(f"{command} by {who} changed {tables}")
        done = app.test_cli_runner().invoke(args=[*typed, command.named, who_may])
        if any(sentence in done.output for sentence in REFUSED) or not isinstance(done.exception, SystemExit | None):
            wrong.append(f"{command} by who may: {done.exception!r} {done.output.strip()[-200:]}")
    assert "\n".join(wrong) == ""


class Staff:
    """For each role: one who holds it at the right place, and those who hold it elsewhere, or not any more."""

    def __init__(self, street: Street) -> None:
        self._street = street
        self._made: set[str] = set()
        self._tried: set[str] = set()

    def with_it(self, command: Command) -> str:
        return self._member("HERE", command.role, self._street.where(command.at))

    def without_it(self, command: Command) -> list[str]:
        """A grant that is worth nothing is tried once for each role: who asks for a right asks for a living one."""
        here, others = self._street.where(command.at), ["9999"]
        others.append(self._member("BARE", "city_viewer", here))
        if command.role not in self._tried:
            self._tried.add(command.role)
            others += [self._member(word, command.role, here, ends) for word, ends in ENDS.items()]
        if command.elsewhere:
            others.append(self._member("THERE", command.role, self._street.where(command.elsewhere)))
        return others

    def _member(self, word: str, role: str, union: TradeUnion, ends: dict[str, object] | None = None) -> str:
        number = f"{word}-{sorted(roles()).index(role)}"
        if number not in self._made:
            self._made.add(number)
            account = make_staff(number, role, union=union)
            with transaction() as session:
                grants = sa.update(RoleGrant).where(RoleGrant.staff_id == account.id)
                session.execute(grants.values(**ends or {"state": GrantState.GRANTED}))
                if word == "CLOSED":
                    session.execute(
                        sa.update(StaffAccount).where(StaffAccount.id == account.id).values(closed_at=now())
                    )
        return number


ENDS: dict[str, dict[str, object]] = {
    "ASKED-FOR": {"state": GrantState.REQUESTED},
    "TAKEN-BACK": {"state": GrantState.ENDED},
    "RUN-OUT": {"until": now() - timedelta(seconds=1)},
    "CLOSED": {"state": GrantState.GRANTED},
}
"""What became of a grant; of the last one the account was closed."""


def test_a_page_that_was_open_when_the_role_was_taken_back_shows_nothing_more(app: Flask) -> None:
    make_member("SEC1", "security_admin")
    account = make_member("X1", "worker_desk")
    browser = Desk(app).sign_in("X1")
    assert "职工服务窗口" in words(browser.get("/console/"))
    with transaction() as session:
        grant_id = session.scalars(sa.select(RoleGrant.id).where(RoleGrant.staff_id == account.id)).one()
    service.revoke_role(grant_id=grant_id, by="SEC1")
    assert "职工服务窗口" not in words(browser.get("/console/"))
    make_staff("SYS", "system_admin")
    service.close_account(number="X1", by="SYS")
    assert browser.get("/console/").status_code == 303

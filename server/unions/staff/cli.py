"""`flask staff …`: accounts and roles, until the console has pages for them."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup

from server.core.clock import day_of, midnight
from server.core.db import db, transaction
from server.core.errors import Problem
from server.unions.models import TradeUnion
from server.unions.staff import credentials, service
from server.unions.staff.roles import roles
from server.unions.staff.service import Newcomer
from server.unions.tree import unions_by_code

staff = AppGroup("staff", help="Accounts of the staff, and the roles granted to them.")

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")
_at = click.option("--union", "code", required=True, metavar="CODE", help="Code of the union.")


def explained(command: Callable[..., None]) -> Callable[..., None]:
    """Say a problem in one line instead of a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except Problem as problem:
            sentences = [sentence for found in (problem.errors or {}).values() for sentence in found]
            raise click.ClickException("；".join([problem.title, *sentences])) from None

    return run


@staff.command("found")
@_at
@click.option("--system", nargs=2, required=True, metavar="NUMBER NAME", help="The system administrator.")
@click.option("--security", nargs=2, required=True, multiple=True, metavar="NUMBER NAME", help="Twice: two persons.")
@click.option("--audit", "auditor", nargs=2, required=True, metavar="NUMBER NAME", help="The audit administrator.")
@explained
def found_command(
    code: str, system: tuple[str, str], security: tuple[tuple[str, str], ...], auditor: tuple[str, str]
) -> None:
    """Make the first administrators. Works once."""
    with transaction():
        service.found(
            union=_union(code),
            administrators={
                "system_admin": [Newcomer(*system)],
                "security_admin": [Newcomer(*one) for one in security],
                "audit_admin": [Newcomer(*auditor)],
            },
        )
        passwords = {number: credentials.first_password(number=number) for number, _ in (system, *security, auditor)}
    click.echo("已建好初始管理员。以后的权限由一位安全管理员申请、另一位批准。登录工作台用的临时密码，只显示这一次：")
    for number, password in passwords.items():
        click.echo(f"{number}  {password}")


@staff.command("open")
@click.argument("number")
@click.argument("name")
@_at
@_by
@explained
def open_command(number: str, name: str, code: str, by: str) -> None:
    """Make an account."""
    service.open_account(person=Newcomer(number, name), union=_union(code), by=by)
    click.echo("已建账号。还没有任何权限。")


@staff.command("password")
@click.argument("number")
@explained
def password_command(number: str) -> None:
    """Make a temporary password, for whom no administrator can make one in the console. Recorded as the system's."""
    click.echo(f"临时密码，只显示这一次：{credentials.first_password(number=number)}")


@staff.command("close")
@click.argument("number")
@_by
@explained
def close_command(number: str, by: str) -> None:
    """Close an account; all its roles end."""
    service.close_account(number=number, by=by)
    click.echo("账号已停用，权限都已收回。")


@staff.command("request")
@click.argument("number")
@click.argument("role")
@_at
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day.")
@click.option("--because", required=True, metavar="TEXT", help="Why it is needed.")
@_by
@explained
def request_command(number: str, role: str, code: str, until: datetime, because: str, by: str) -> None:
    """Ask that somebody be given a role."""
    until = midnight(until.date() + timedelta(days=1))
    grant = service.request_role(number=number, role=role, union=_union(code), until=until, reason=because, by=by)
    click.echo(f"{grant.id}  等另一位安全管理员批准。")


@staff.command("approve")
@click.argument("grant_id", type=click.UUID)
@_by
@explained
def approve_command(grant_id: uuid.UUID, by: str) -> None:
    """Give what another asked for."""
    service.approve_role(grant_id=grant_id, by=by)
    click.echo("已批准，马上生效。")


@staff.command("refuse")
@click.argument("grant_id", type=click.UUID)
@click.option("--because", required=True, metavar="TEXT", help="Why; whoever asked reads it.")
@_by
@explained
def refuse_command(grant_id: uuid.UUID, because: str, by: str) -> None:
    """Do not give what was asked for."""
    service.refuse_role(grant_id=grant_id, by=by, reason=because)
    click.echo("已退回。")


@staff.command("revoke")
@click.argument("grant_id", type=click.UUID)
@_by
@explained
def revoke_command(grant_id: uuid.UUID, by: str) -> None:
    """Take a role back."""
    service.revoke_role(grant_id=grant_id, by=by)
    click.echo("已收回，马上生效。")


@staff.command("list")
def list_command() -> None:
    """Roles that count now, and those that wait for a second person."""
    for title, rows in (
        ("现有权限", service.living_grants(db.session())),
        ("等着批准", service.waiting_grants(db.session())),
    ):
        click.echo(f"── {title}")
        for grant, account, union in rows:
            last = day_of(grant.until - timedelta(seconds=1))
            click.echo(
                f"{grant.id}  {account.number}  {account.name}  {roles()[grant.role].name}  {union.name}  到 {last}"
            )


def _union(code: str) -> TradeUnion:
    union = unions_by_code().get(code)
    if union is None:
        raise click.ClickException(f"没有编码是 {code} 的工会")
    return union

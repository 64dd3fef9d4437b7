"""`flask case …`: what staff do with cases until they have a desk. Everything they read is in Chinese."""

import re

import click
from flask.cli import AppGroup

from server.cases import desk, steps
from server.cases.catalogue import ChangedServiceError, catalogue, keep
from server.cases.models import Author, Case
from server.cases.vocabulary import IDENTITY_NAMES, Words
from server.cases.wording import spoken_due, spoken_time
from server.unions.staff.cli import explained
from server.unions.staff.service import NUMBER

cli = AppGroup("case", help="Cases: list, show, do, message; and the services they run on.")

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Would move the cursor or turn the text round in a terminal."""
_WORDS = {Words.NONE: "", Words.OPTIONAL: "（可以写几句）", Words.REQUIRED: "（要写明内容）"}
_AUTHORS = {Author.WORKER: "工友", Author.STAFF: "工会"}


def _staff_no(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not NUMBER.fullmatch(value):
        raise click.BadParameter("写工号，只用字母、数字和连字符，例如 A1024")
    return value


as_staff = click.option(
    "--as", "staff_no", required=True, callback=_staff_no, metavar="工号", help="Who does it: a staff number."
)


@cli.command("list")
@click.option("--service", help="Of one service only.")
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
@click.option("--limit", default=50, type=click.IntRange(1, 1000))
def list_cases(service: str | None, everything: bool, limit: int) -> None:
    """Numbers, states and due times; urgent ones first."""
    rows = desk.waiting_cases(service=service, everything=everything, limit=limit)
    for row in rows:
        due = f"最晚 {spoken_due(row.due_at)}" if row.due_at else ""
        urgent = "【急】" if row.urgent else ""
        click.echo(f"{row.no}  {urgent}{row.service.name}  {row.state.name}  {due}".rstrip())
    if not rows:
        click.echo("没有要办的事")


@cli.command()
@click.argument("no")
@as_staff
@explained
def show(no: str, staff_no: str) -> None:
    """One case, whole. That it was opened is recorded."""
    opened = desk.opened_case(no=no, staff_no=staff_no)
    case = opened.case
    _say(f"{case.no}  {opened.service.name}  {opened.state.name}  第 {case.version} 版")
    _say(f"身份：{IDENTITY_NAMES[case.identity_mode]}")
    if opened.worker is not None:
        _say(f"工友：{opened.worker.name or '没有实名'}  {opened.worker.phone or ''}")
    for clock in opened.clocks:
        state = "已停" if clock.stopped_at else "暂停" if clock.paused else "在走"
        _say(f"期限：{clock.name}  {spoken_due(clock.due_at)}  {state}{'（暂定）' if clock.provisional else ''}")
    _say("── 内容")
    for label, answer in opened.answers:
        _say(f"{label}：{answer}")
    for until, label, answer in opened.earlier:
        _say(f"{spoken_time(until)} 改动前  {label}：{answer}")
    for found in opened.computed:
        _say(f"{found['name']}：{found['text']}{'【急】' if found['urgent'] else ''}")
    if case.place:
        _say(f"位置（约 100 米）：{case.place}")
    for file in opened.files:
        _say(f"附件：{file['media_type']}  {file['size']} 字节  {file['url']}")
    _say("── 经过")
    for event in opened.events:
        _say(f"{spoken_time(event.at)}  {event.what}{f'  {event.staff_no}' if event.staff_no else ''}")
    _say("── 留言")
    for message in opened.messages:
        _say(f"{spoken_time(message.at)}  {_AUTHORS[message.author]}：{message.text}")
    _say("── 现在能办")
    for step in opened.steps:
        _say(f"{step.code}  {step.name}{_WORDS[step.words]}")


@cli.command()
@click.argument("no")
@click.argument("step")
@as_staff
@click.option("--text", help="What the worker is to read.")
@click.option("--version", type=int, help="As shown: refuse when the case was changed since.")
@explained
def do(no: str, step: str, staff_no: str, text: str | None, version: int | None) -> None:
    """Make a step; `show` lists those that are possible."""
    _done(steps.staff_step(no=no, code=step, staff_no=staff_no, text=(text or "").strip() or None, version=version))


@cli.command()
@click.argument("no")
@as_staff
@click.option("--text", required=True, help="What the worker is to read.")
@explained
def message(no: str, staff_no: str, text: str) -> None:
    """Write to the worker without any other change."""
    if not text.strip():
        raise click.BadParameter("请写点内容", param_hint="--text")
    _done(steps.staff_message(no=no, staff_no=staff_no, text=text.strip()))


@cli.command()
def services() -> None:
    """Check the services' files against the versions that cases run on, and keep the current ones."""
    changed = []
    for service in catalogue().current.values():
        try:
            keep(service)
        except ChangedServiceError as error:
            changed.append(str(error))
        else:
            click.echo(f"{service.key}  {service.name}  version {service.version}  {service.digest[:12]}")
    if changed:
        raise click.ClickException("\n".join(changed))


def _done(case: Case) -> None:
    opened = steps.state_of(case)
    _say(f"{case.no}  {opened.name}  第 {case.version} 版")


def _say(line: str) -> None:
    click.echo(_CONTROL.sub("", line))

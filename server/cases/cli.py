"""`flask case …`: what staff do with cases until they have a desk. Everything they read is in Chinese."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import AppGroup

from server.cases import desk, diagrams, filling, paying, phone_ratings, steps, working, writing
from server.cases.belonging import place_nobodys
from server.cases.catalogue import ChangedServiceError, catalogue, keep
from server.cases.files.service import store_of_staff
from server.cases.models import Author, Case
from server.cases.outside import outside_view
from server.cases.proposals import ask_for
from server.cases.vocabulary import IDENTITY_NAMES, IdentityMode, PairedAct, Words
from server.cases.waiting import waiting_cases
from server.cases.wording import for_staff, spoken_due, spoken_time
from server.cases.working import Named
from server.clocks.models import ChangeKind
from server.core.clock import SHANGHAI
from server.identity.models import ConsentKey
from server.unions.staff.cli import explained
from server.unions.staff.service import NUMBER

cli = AppGroup("case", help="Cases: list, show, do, message; and the services they run on.")

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Would move the cursor or turn the text round in a terminal."""
PAGES = Path(__file__).resolve().parents[2] / "docs" / "services"
_WORDS = {Words.NONE: "", Words.OPTIONAL: "（可以写几句）", Words.REQUIRED: "（要写明内容）"}
_CHANGES = {
    ChangeKind.EXTENSION: "延长",
    ChangeKind.RECOMPUTATION: "重新计算",
    ChangeKind.ANNULMENT: "撤销超期",
}
_AUTHORS = {Author.WORKER: "工友", Author.STAFF: "工会"}


def _staff_no(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not NUMBER.fullmatch(value):
        raise click.BadParameter("写工号，只用字母、数字和连字符，例如 A1024")
    return value


as_staff = click.option(
    "--as", "staff_no", required=True, callback=_staff_no, metavar="工号", help="Who does it: a staff number."
)


def _reason(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    return _reason_in(value)


def _reason_in(value: str) -> str:
    if not value.strip():
        raise click.BadParameter("请写明理由")
    return value.strip()


_because = click.option("--because", "reason", required=True, callback=_reason, metavar="理由", help="Why.")


@cli.command("list")
@click.option("--service", help="Of one service only.")
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
@click.option("--limit", default=50, type=click.IntRange(1, 1000))
@as_staff
@explained
def list_cases(service: str | None, everything: bool, limit: int, staff_no: str) -> None:
    """Numbers, states and due times, as far as one's office reaches; urgent ones first. The reading is recorded."""
    rows = waiting_cases(staff_no=staff_no, service=service, everything=everything, limit=limit)
    for row in rows:
        due = f"最晚 {spoken_due(row.due_at)}" if row.due_at else ""
        urgent = "【急】" if row.urgent else ""
        click.echo(f"{row.no}  {urgent}{row.service.name}  {for_staff(row.state.name)}  {due}".rstrip())
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
    _say(f"{case.no}  {opened.service.name}  {for_staff(opened.state.name)}  第 {case.version} 版")
    _say(f"身份：{IDENTITY_NAMES[case.identity_mode]}")
    if case.identity_mode is IdentityMode.CONFIDENTIAL:
        _say(f"要知道是谁：flask case reveal {case.no} --because 理由（会留下记录）")
    if case.handler_no is not None:
        _say(f"经办：{case.handler_no}")
    if opened.merged:
        _say(f"有 {len(opened.merged)} 件合并在这一件里：他们会读到这里的答复，不要写个人情况")
    if opened.worker is not None:
        _say(f"工友：{opened.worker.name or '没有实名'}  {opened.worker.phone or ''}")
    for clock in opened.clocks:
        state = "已停" if clock.stopped_at else "暂停" if clock.paused else "在走"
        unsure = "（暂定）" if clock.provisional else ""
        _say(f"期限：{for_staff(clock.name)}  {spoken_due(clock.due_at)}  {state}{unsure}")
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
    for hint in opened.alike:
        away = "" if hint.metres is None else f"  相距 {hint.metres} 米"
        _say(f"可能是同一件事：{hint.no}  {for_staff(hint.state_name)}{away}")
    for note in opened.notes:
        _say(f"{spoken_time(note.at)}  {note.staff_no} 记：{note.text}")
    for call in opened.calls:
        _say(f"{spoken_time(call.at)}  {call.staff_no} 打电话：{'打通了' if call.reached else '没打通'}")
    for change in opened.changes:
        _say(f"{spoken_time(change.at)}  {_CHANGES[change.kind]}：{change.reason}（{change.asked_by or '系统'}）")
    for proposal, what in opened.waiting:
        _say(f"等另一个人定：{what}  {proposal.asked_by} 提的：{proposal.text}")
    _say("── 现在能办")
    for step in opened.steps:
        _say(f"{step.code}  {step.name}{_WORDS[step.words]}{'（要另一个人批准）' if step.second else ''}")


@cli.command()
@click.argument("no")
@click.argument("step")
@as_staff
@click.option("--text", help="What the worker is to read.")
@click.option("--version", type=int, help="As shown: refuse when the case was changed since.")
@click.option("--to", "union_code", metavar="CODE", help="The union that it is sent to.")
@click.option("--into", "lead_no", metavar="NO", help="The case that it is merged into.")
@click.option(
    "--on", "event_at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="When it will be, or happened, Beijing time."
)
@click.option("--assignee", "assignee_no", metavar="NUMBER", help="Whom it is assigned to.")
@click.option("--ground", metavar="KEY", help="One of the reasons that the step declares.")
@click.option("--amount", type=int, help="By how much a period is extended (all that is allowed without it), or 分.")
@click.option("--file", "files", type=click.File("rb"), multiple=True, help="A picture for the worker; again for more.")
@explained
def do(
    no: str,
    step: str,
    staff_no: str,
    text: str | None,
    version: int | None,
    union_code: str | None,
    lead_no: str | None,
    event_at: datetime | None,
    assignee_no: str | None,
    ground: str | None,
    amount: int | None,
    files: tuple[BinaryIO, ...],
) -> None:
    """Make a step, or ask a second person to; `show` lists those that are possible."""
    named = Named(
        union_code=union_code,
        lead_no=lead_no,
        event_at=event_at.replace(tzinfo=SHANGHAI) if event_at else None,
        assignee_no=assignee_no,
        ground=ground,
        amount=amount,
    )
    words = (text or "").strip() or None
    items = [store_of_staff(file.read()) for file in files]
    _done(
        working.staff_step(no=no, code=step, staff_no=staff_no, text=words, items=items, named=named, version=version)
    )


@cli.command()
@click.argument("no")
@click.argument("what")
@as_staff
@explained
def approve(no: str, what: str, staff_no: str) -> None:
    """Make what somebody else asked for: the code of a step, or the key of a clock."""
    _done(working.decide(no=no, what=what, staff_no=staff_no, approve=True))


@cli.command()
@click.argument("no")
@click.argument("what")
@as_staff
@explained
def decline(no: str, what: str, staff_no: str) -> None:
    """Do not make what somebody else asked for."""
    _done(working.decide(no=no, what=what, staff_no=staff_no, approve=False))


@cli.command()
@click.argument("no")
@click.argument("key")
@as_staff
@_because
@explained
def annul(no: str, key: str, staff_no: str, reason: str) -> None:
    """Ask that a missed promise (the key of its clock) does not count as missed."""
    _done(working.ask_annulment(no=no, key=key, staff_no=staff_no, reason=reason))


@cli.command()
@click.argument("no")
@as_staff
@click.option("--because", "reason", metavar="理由", help="Asks for it; without it, looks at what was approved.")
@explained
def reveal(no: str, staff_no: str, reason: str | None) -> None:
    """Who a case is from that was sent in confidence: one asks, another approves, then the first may look for a day."""
    if reason is not None:
        _done(ask_for(no=no, act=PairedAct.REVEAL, staff_no=staff_no, reason=_reason_in(reason)))
        return
    worker = desk.revealed_worker(no=no, staff_no=staff_no)
    _say("没有人知道是谁" if worker is None else f"工友：{worker.name or '没有实名'}  {worker.phone or ''}")


@cli.command()
@click.argument("no")
@as_staff
@_because
@explained
def hold(no: str, staff_no: str, reason: str) -> None:
    """Ask that nothing of a case is removed, for a dispute, a supervision or a lawsuit; another approves."""
    _done(ask_for(no=no, act=PairedAct.HOLD, staff_no=staff_no, reason=reason))


@cli.command()
@click.argument("no")
@as_staff
@_because
@explained
def lift(no: str, staff_no: str, reason: str) -> None:
    """Ask that the time of a held case runs again; another approves."""
    _done(ask_for(no=no, act=PairedAct.LIFT, staff_no=staff_no, reason=reason))


@cli.command()
@click.argument("no")
@as_staff
@explained
def outside(no: str, staff_no: str) -> None:
    """A case as an office outside of the union sees it. That it was opened is recorded."""
    seen = outside_view(no=no, staff_no=staff_no)
    _say(f"{seen.case.no}  {for_staff(seen.state.name)}")
    for clock in seen.clocks:
        if clock.stopped_at is None:
            _say(f"期限：{for_staff(clock.name)}  {spoken_due(clock.due_at)}")
    for label, answer in seen.answers:
        _say(f"{label}：{answer}")
    for note in seen.briefs:
        _say(f"{spoken_time(note.at)}  {note.text}")


@cli.command()
@click.argument("no")
@as_staff
@click.option("--text", required=True, help="What the worker is to read.")
@explained
def message(no: str, staff_no: str, text: str) -> None:
    """Write to the worker without any other change."""
    if not text.strip():
        raise click.BadParameter("请写点内容", param_hint="--text")
    _done(writing.staff_message(no=no, staff_no=staff_no, text=text.strip()))


@cli.command()
@click.argument("no")
@as_staff
@click.option("--answers", required=True, metavar="JSON", help="By field; null takes an answer out.")
@click.option("--agreed", multiple=True, type=click.Choice([key.value for key in ConsentKey]), help="Read aloud.")
@explained
def fill(no: str, staff_no: str, answers: str, agreed: tuple[str, ...]) -> None:
    """Fill in what the worker says, with them on the line."""
    try:
        given = json.loads(answers)
    except json.JSONDecodeError:
        raise click.BadParameter("不是 JSON", param_hint="--answers") from None
    if not isinstance(given, dict):
        raise click.BadParameter("要按字段写", param_hint="--answers")
    _done(filling.fill_in(no=no, staff_no=staff_no, answers=given, agreed=[ConsentKey(key) for key in agreed]))


@cli.command("phone-rating")
@click.argument("no")
@as_staff
@click.option("--solved/--not-solved", required=True, help="Whether it was solved.")
@click.option("--attitude", type=click.IntRange(1, 5), required=True)
@click.option("--result", type=click.IntRange(1, 5), required=True)
@explained
def phone_rating(no: str, staff_no: str, solved: bool, attitude: int, result: int) -> None:
    """What a worker says on the phone to somebody who had no part in the case. Counted apart."""
    heard = phone_ratings.Heard(solved, attitude, result)
    phone_ratings.rate_by_phone(no=no, staff_no=staff_no, heard=heard)
    click.echo("记下了")


@cli.command()
@as_staff
@explained
def payments(staff_no: str) -> None:
    """What is to be paid, and to which accounts: for finance. That it was read is recorded."""
    rows = paying.owed(staff_no=staff_no)
    for row in rows:
        _say(f"{row.no}  {row.amount / 100:,.2f} 元  {row.name or '没有实名'}  {row.bank or ''}  {row.card or ''}")
    if not rows:
        click.echo("没有要发的钱")


@cli.command()
@as_staff
@explained
def ledger(staff_no: str) -> None:
    """What was paid, granted by whom and paid by whom: for those who review it."""
    for row in paying.paid(staff_no=staff_no):
        granted, paid = "、".join(row.granted_by), "、".join(row.paid_by)
        _say(f"{row.no}  {row.amount / 100:,.2f} 元  批：{granted}  发：{paid}  {spoken_time(row.paid_at)}")


@cli.command("place")
def place() -> None:
    """Give what lies with no union to the one that `config/routing.yaml` names for it: after an update, or once there
    is a district. What has one stays there."""
    click.echo(f"定下了 {place_nobodys()} 件")


@cli.command("diagrams")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False, exists=True), default=PAGES)
def write_diagrams(folder: Path) -> None:
    """Write a page with a diagram for each service."""
    for service in catalogue().current.values():
        (folder / f"{service.key}.md").write_text(diagrams.page(service), encoding="utf-8")
        click.echo(f"{service.key}.md")


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

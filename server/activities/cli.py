"""`flask activities …`: what the staff can do until they have a desk."""

import uuid
from typing import Any

import click
import sqlalchemy as sa
import yaml
from flask.cli import AppGroup
from marshmallow import ValidationError, fields, post_load, validate

from server.activities import passes, planning
from server.activities.cards import card_of, whole
from server.activities.listing import show
from server.activities.models import Activity, ActivityGroup, ActivityKind, Publication
from server.activities.planning import NewActivity, NewGroup
from server.core import audit
from server.core.access import Level
from server.core.clock import now
from server.core.db import db
from server.core.schema import Body, Instant, between, one_of, text
from server.identity.models import WorkerGroup
from server.seats.capacity import CapacityTooSmallError, set_capacity
from server.seats.models import MOST_COMPANIONS, ClaimState, SeatClaim
from server.unions.staff.authority import authorise
from server.unions.staff.cli import explained
from server.unions.staff.vocabulary import Right
from server.unions.tree import unions_by_code

MOST_SEATS = 100_000
"""Of one group."""

cli = AppGroup("activities", help="Announce activities, call them off, see how full they are.")

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")


def _as_staff(number: str, organiser_id: uuid.UUID) -> str:
    """The actor, for whoever has the activities of this union in hand.

    Raises:
        Problem: 403
    """
    authorise(db.session(), number=number, right=Right.ACTIVITIES, union_id=organiser_id)
    return audit.staff(number)


def _union_id(code: object) -> uuid.UUID:
    """The union that a file names by its code."""
    union = unions_by_code().get(str(code))
    if union is None:
        raise ValidationError("no union has this code")
    return union.id


class GroupFile(Body):
    """A part of the seats, as a file describes it."""

    key = text(1, 40, required=True)
    name = text(1, 40, required=True)
    capacity = fields.Integer(required=True, validate=between(0, MOST_SEATS))
    worker_groups = fields.List(one_of(WorkerGroup), load_default=None, allow_none=True)
    members_of_id = fields.Function(deserialize=_union_id, data_key="members_of")

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> NewGroup:
        return NewGroup(**given)


class ActivityFile(Body):
    """An activity, as a file describes it."""

    title = text(1, 60, required=True)
    kind = one_of(ActivityKind, required=True)
    summary = text(1, 2000, required=True)
    rules = text(0, 2000, load_default="")
    place = text(1, 200, required=True)
    station_code = text(1, 20, load_default=None)
    district_code = text(6, 6, required=True)
    organiser_id = fields.Function(deserialize=_union_id, data_key="organiser", required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)
    cancel_until = Instant(required=True)
    required_level = fields.Enum(Level, load_default=Level.L1)
    waiting_list = fields.Boolean(load_default=False)
    offers = fields.Boolean(load_default=False)
    waiting_first = fields.List(
        one_of(WorkerGroup), load_default=None, allow_none=True, validate=validate.Length(min=1)
    )
    companions = fields.Integer(load_default=0, validate=between(0, MOST_COMPANIONS))
    groups = fields.List(fields.Nested(GroupFile), required=True)

    @post_load
    def make(self, given: dict[str, Any], **_: Any) -> NewActivity:
        return NewActivity(**given)


@cli.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@_by
@explained
def announce(file: Any, by: str) -> None:
    """Publish the activity that a YAML file describes."""
    # Every scalar as text: the fields below know what they want, YAML's own dates are not theirs.
    given = yaml.load(file, Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but text
    try:
        new = ActivityFile().load(given if isinstance(given, dict) else {})
    except ValidationError as error:
        raise click.ClickException(f"{file.name}: {error.messages}") from error
    try:
        click.echo(planning.announce(new, actor=_as_staff(by, new.organiser_id)))
    except sa.exc.IntegrityError as error:
        raise click.ClickException(f"{file.name}: the times are not in order, or two groups share a key") from error
    except ValueError as error:
        raise click.ClickException(f"{file.name}: {error}") from error


@cli.command("call-off")
@click.argument("activity_id", type=click.UUID)
@click.option("--reason", required=True, help="Told to everybody who signed up, in Chinese.")
@_by
@explained
def call_off(activity_id: uuid.UUID, reason: str, by: str) -> None:
    """Say that an activity does not take place, and tell everybody."""
    activity = db.session.get(Activity, activity_id)
    if activity is None:
        raise click.ClickException("no such activity")
    told = planning.call_off(activity_id=activity_id, reason=reason, actor=_as_staff(by, activity.organiser_id))
    click.echo(f"called off, {told} told")


@cli.command()
@click.argument("signup_id", type=click.UUID)
@click.option("--reason", required=True, help="Told to whose sign-up it is, in Chinese.")
@_by
@explained
def remove(signup_id: uuid.UUID, reason: str, by: str) -> None:
    """Take a sign-up away; the seat goes to who waits."""
    claim = db.session.get(SeatClaim, signup_id)
    activity = None if claim is None else db.session.get(Activity, claim.scope_id)
    if activity is None or not planning.remove(
        signup_id=signup_id, reason=reason, actor=_as_staff(by, activity.organiser_id)
    ):
        raise click.ClickException("no such sign-up, or it was given up before")
    click.echo("removed and told")


@cli.command()
@click.argument("pool_id", type=click.UUID)
@click.argument("count", metavar="SEATS", type=click.IntRange(0, MOST_SEATS))
@_by
@explained
def seats(pool_id: uuid.UUID, count: int, by: str) -> None:
    """Change how many seats a group's pool has; who waits is promoted first."""
    organiser_id = db.session.scalar(
        sa.select(Activity.organiser_id).join(ActivityGroup).where(ActivityGroup.pool_id == pool_id)
    )
    if organiser_id is None:
        raise click.ClickException("no such pool")
    actor = _as_staff(by, organiser_id)
    db.session.rollback()
    try:
        promoted = set_capacity(pool_id=pool_id, capacity=count, actor=actor)
    except CapacityTooSmallError as error:
        raise click.ClickException(f"{error}. {_choices(error)}") from error
    click.echo(f"{count} seats, {promoted} promoted from the waiting list")


def _choices(error: CapacityTooSmallError) -> str:
    lines = [f"You can:\n- set it to {error.taken}, which leaves everybody the seat"]
    if error.offered:
        lines.append(f"- wait: {error.offered} offers are not answered yet, and what they hold may come free")
    lines.append("- take sign-ups away one by one, each told why: flask activities remove SIGNUP_ID --reason …")
    return "\n".join(lines)


@cli.command("pass")
@click.argument("code")
def check_pass(code: str) -> None:
    """Check the code that somebody shows at the door, and whether they still have the seat."""
    shown = passes.read(code.strip(), at=now())
    if shown is None:
        raise click.ClickException("not a pass of ours, or no longer good")
    activity = db.session.scalar(sa.select(Activity).where(Activity.id == shown.activity_id).options(*whole()))
    held = db.session.scalar(
        sa.select(SeatClaim).where(SeatClaim.id == shown.signup_id, SeatClaim.state == ClaimState.SIGNED)
    )
    if activity is None or held is None:
        raise click.ClickException("the seat was given up")
    if activity.publication is Publication.CANCELLED:
        raise click.ClickException("the activity was called off")
    group = card_of(activity).group_of(held.pool_id)
    brings = f"  and {held.companions} more" if held.companions else ""
    click.echo(f"{activity.title}  {group.name}  seat {held.seat_no}{brings}")


@cli.command("list")
def list_all() -> None:
    """Activities that are not over, with their pools and the seats left."""
    activities = db.session.scalars(
        sa.select(Activity).where(Activity.ends_at > now()).order_by(Activity.starts_at).options(*whole())
    )
    for shown in show([card_of(activity) for activity in activities], instant=now()):
        click.echo(f"{shown.card.id}  {shown.card.starts_at:%Y-%m-%d %H:%M}Z  {shown.status}  {shown.card.title}")
        for group in shown.card.groups:
            numbers = shown.left(group)
            click.echo(f"    pool {group.pool.id}  {numbers.left} of {numbers.capacity} left  {group.name}")

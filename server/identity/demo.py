"""Demo people: they sign in by name. Nothing of this is attached to a production service."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from marshmallow import fields
from msgspec import Struct

from server.core.access import Level
from server.core.crypto import keyed_hmac
from server.core.db import db, read_only
from server.core.documents import read_yaml
from server.core.schema import Answer, one_of
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access
from server.identity.models import OPENID, SignInWay, WeChatLogin, Worker, WorkerGroup
from server.identity.papers import IdType
from server.identity.service import SignedIn, sign_in_by_openid

FILE = Path(__file__).parents[2] / "config" / "demo" / "people.yaml"
CODE_PREFIX = "demo:"
_ATTACHED = "warmbee_demo_people"

blp = ApiBlueprint("demo", __name__, description="演示人物，正式环境里没有")


class DemoPerson(Struct, frozen=True):
    """One person of `config/demo/people.yaml`."""

    key: str
    name: str
    story: str
    level: Level
    """With which they begin."""
    phone: str | None
    id_number: str
    worker_group: WorkerGroup
    union: str | None
    """Code of the union on whose roster they stand."""

    @property
    def code(self) -> str:
        """What they sign in with; also what stands for their openid."""
        return CODE_PREFIX + self.key


@cache
def demo_people() -> Sequence[DemoPerson]:
    """All of them, in the order of the file."""
    return [
        DemoPerson(
            key=one["key"],
            name=one["name"],
            story=one["story"],
            level=Level[one["level"]],
            phone=one.get("phone"),
            id_number=one["id_number"],
            worker_group=WorkerGroup(one["worker_group"]),
            union=one.get("union"),
        )
        for one in read_yaml(FILE)
    ]


def init_demo(app: Flask) -> None:
    """Let demo people sign in. Not to be called in production."""
    app.extensions[_ATTACHED] = True


def is_demo_code(code: str) -> bool:
    """Whether a code names a demo person, where there are any."""
    return _ATTACHED in current_app.extensions and code.startswith(CODE_PREFIX)


def sign_in_as_demo(code: str) -> SignedIn | None:
    """Sign in as a demo person that was loaded."""
    if not _loaded([code]):
        return None
    return sign_in_by_openid(openid=code, way=SignInWay.DEMO)


def _loaded(codes: Sequence[str]) -> dict[bytes, Level]:
    """Digest of the code → present level, of those that are in the database."""
    rows = db.session.execute(
        sa.select(WeChatLogin.openid_hmac, Worker.level)
        .join(Worker, Worker.id == WeChatLogin.worker_id)
        .where(WeChatLogin.openid_hmac.in_([keyed_hmac(code, purpose=OPENID) for code in codes]))
        .order_by(WeChatLogin.used_at)
    )
    return {row.openid_hmac: row.level for row in rows}


class DemoIdentitySchema(Answer):
    """A demo person: everything about them is made up."""

    key = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "拿它当作 POST /sessions 的 code"})
    name = fields.String(required=True)
    story = fields.String(required=True)
    level = fields.Enum(Level, required=True)
    phone = fields.String(required=True, allow_none=True)
    id_type = one_of(IdType, required=True)
    id_number = fields.String(required=True)
    worker_group = one_of(WorkerGroup, required=True)
    on_roster = fields.Boolean(required=True)


class DemoIdentityListSchema(Answer):
    """All demo people."""

    items = fields.List(fields.Nested(DemoIdentitySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


@blp.route("/dev/identities")
@access(Level.L0)
@read_only
@blp.response(200, DemoIdentityListSchema)
def list_demo_identities() -> dict[str, Any]:
    """可以登录的演示人物"""
    levels = _loaded([person.code for person in demo_people()])
    items = [
        {
            "key": person.key,
            "code": person.code,
            "name": person.name,
            "story": person.story,
            "level": levels[digest],
            "phone": person.phone,
            "id_type": IdType.RESIDENT_ID,
            "id_number": person.id_number,
            "worker_group": person.worker_group,
            "on_roster": person.union is not None,
        }
        for person in demo_people()
        if (digest := keyed_hmac(person.code, purpose=OPENID)) in levels
    ]
    return {"items": items, "next_cursor": None}

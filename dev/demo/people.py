"""Demo people of `config/demo/people.yaml`: on the roster, and signed up as far as their level says."""

import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.clock import now, today
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.core.signals import identity_verified
from server.identity import listed, roster
from server.identity.demo import DemoPerson, demo_people
from server.identity.listed import ListedMember
from server.identity.models import ID_NUMBER, OPENID, PHONE, WeChatLogin, Worker
from server.identity.papers import IdType, read_id_number
from server.identity.rules import normalise_name
from server.unions.models import TradeUnion
from server.unions.tree import unions_by_code


def load() -> str:
    """Put the people on the roster and make the accounts that are not there yet."""
    with transaction() as session:
        unions = unions_by_code()
        listed.stage(session, enumerate((_listed(one, unions) for one in demo_people() if one.union), start=1))
        roster.enter_listed(session)
        made = [_make(session, one) for one in demo_people() if _worker_id(session, one.key) is None]
    return f"{len(demo_people())} people, {len(made)} of them new"


def _listed(one: DemoPerson, unions: Mapping[str, TradeUnion]) -> ListedMember:
    assert one.union is not None
    return ListedMember(
        number=read_id_number(IdType.RESIDENT_ID, one.id_number, today=today(), allow_synthetic=True),
        name=normalise_name(one.name),
        union_id=unions[one.union].id,
    )


def worker_id(key: str) -> uuid.UUID:
    """The account of the person called `key` in the file, for the demo data of other domains."""
    found = _worker_id(db.session(), key)
    if found is None:
        raise LookupError(f"demo person {key} is not loaded")
    return found


def _worker_id(session: Session, key: str) -> uuid.UUID | None:
    digest = keyed_hmac(f"demo:{key}", purpose=OPENID)
    return session.scalar(sa.select(WeChatLogin.worker_id).where(WeChatLogin.openid_hmac == digest))


def _make(session: Session, one: DemoPerson) -> Worker:
    worker = Worker(level=one.level, created_at=now())
    if one.phone is not None:
        worker.phone = one.phone
        worker.phone_hmac = keyed_hmac(one.phone, purpose=PHONE)
        worker.phone_confirmed_at = now()
    if one.level >= Level.L2:
        worker.name = normalise_name(one.name)
        worker.id_type = IdType.RESIDENT_ID
        worker.id_number = one.id_number
        worker.id_number_hmac = keyed_hmac(one.id_number, purpose=ID_NUMBER)
        worker.worker_group = one.worker_group
        worker.verified_at = now()
    session.add(worker)
    session.flush()
    session.add(WeChatLogin(worker_id=worker.id, openid=one.code, openid_hmac=keyed_hmac(one.code, purpose=OPENID)))
    if one.level >= Level.L2:
        session.flush()
        identity_verified.send("demo", worker_id=worker.id)
    return worker

"""Demo staff of `config/demo/staff.yaml`, made by the service: first administrators, then roles by two persons."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from server.cases.assigning import service as assigning
from server.cases.assigning.service import Profile
from server.cases.catalogue import catalogue
from server.core.clock import now
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from server.unions.staff import service
from server.unions.staff.models import StaffAccount, StaffCredential
from server.unions.staff.passwords import hashed
from server.unions.staff.service import FIRST, Newcomer
from server.unions.tree import unions_by_code

FILE = Path(__file__).resolve().parents[2] / "config" / "demo" / "staff.yaml"
FOR = timedelta(days=365)
COORDINATOR = "L0001"


def load() -> str:
    """Make the accounts that are not there yet."""
    document = yaml.safe_load(FILE.read_text("utf-8"))
    unions = unions_by_code()
    known = set(db.session.scalars(sa.select(StaffAccount.number)))
    db.session.rollback()
    first, others = document["first"], document["others"]
    if not known:
        administrators = {role: [Newcomer(**one) for one in first[role]] for role in FIRST}
        service.found(union=unions[first["union"]], administrators=administrators)
    account_admin = first["system_admin"][0]["number"]
    asking, approving = (one["number"] for one in first["security_admin"])
    new = [one for one in others if one["number"] not in known]
    for one in new:
        person = Newcomer(one["number"], one["name"])
        service.open_account(person=person, union=unions[one["union"]], by=account_admin)
        for role, code in one["roles"]:
            _grant(one, role, unions[code], asking=asking, approving=approving)
    _let_sign_in([*(one for role in FIRST for one in first[role]), *others], document)
    for one in new:
        if "assignable" in one:
            _keep_profile(one["number"], **one["assignable"])
    return f"{len(others) + sum(FIRST.values())} members of the staff, {len(new)} of them new"


def _keep_profile(number: str, *, service: str, **known: Any) -> None:
    assigning.keep_profile(catalogue().current[service], number=number, profile=Profile(**known), by=COORDINATOR)


def _let_sign_in(persons: Sequence[Mapping[str, Any]], document: Mapping[str, Any]) -> None:
    """Password and authenticator, for whoever has none."""
    numbers = [one["number"] for one in persons]
    with transaction() as session:
        has_one = sa.select(StaffCredential.staff_id)
        lacking = session.scalars(
            sa.select(StaffAccount.id).where(StaffAccount.number.in_(numbers), StaffAccount.id.not_in(has_one))
        ).all()
        if lacking:
            # The same for all: to hash it for each would take seconds.
            password_hash = hashed(document["password"])
            for staff_id in lacking:
                session.add(
                    StaffCredential(
                        staff_id=staff_id,
                        password_hash=password_hash,
                        set_at=now(),
                        totp_secret=document["authenticator"],
                        tries=0,
                    )
                )


def _grant(one: Mapping[str, Any], role: str, union: TradeUnion, *, asking: str, approving: str) -> None:
    grant = service.request_role(
        number=one["number"], role=role, union=union, until=now() + FOR, reason="演示", by=asking
    )
    service.approve_role(grant_id=grant.id, by=approving)

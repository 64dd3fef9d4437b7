"""Five people may share a number or a WeChat account, more when the desk has seen that they do."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity import sharing
from server.identity.models import Worker
from server.identity.service import confirm_phone, sign_in_by_phone
from server.me.merging import merge
from tests.me.conftest import Run
from tests.me.test_shared_phones import PROFILES, bearer, by_sms, give_pin
from tests.people import person
from tests.sign_in import Headers, SignIn

PHONE = person(850).phone


@pytest.fixture
def crowd(sign_in: SignIn) -> list[Headers]:
    """As many as may have one number."""
    found = [sign_in(Level.L1) for _ in range(sharing.MOST)]
    for one in found:
        confirm_phone(worker_id=one.worker_id, phone=PHONE)
    return found


def test_a_sixth_cannot_register_the_number(crowd: list[Headers], sign_in: SignIn) -> None:
    sixth = sign_in(Level.L1)
    with pytest.raises(Problem) as refused:
        confirm_phone(worker_id=sixth.worker_id, phone=PHONE)
    assert (refused.value.status, refused.value.code) == (409, "too_many_here")
    assert db.session.get_one(Worker, sixth.worker_id).phone == sixth.person.phone, "the own number stays"
    confirm_phone(worker_id=crowd[0].worker_id, phone=PHONE)


def test_a_sixth_cannot_be_started_over_the_number(client: FlaskClient, crowd: list[Headers]) -> None:
    give_pin(crowd[-1], "271828")
    told = by_sms(client, PHONE)
    assert told["worker"]["id"] == str(crowd[-1].worker_id)
    assert client.post(PROFILES, headers=bearer(told)).json["code"] == "too_many_here"


def test_the_desk_confirms_more_for_one_who_shares_or_who_comes(
    crowd: list[Headers], sign_in: SignIn, run: Run
) -> None:
    sixth, seventh = sign_in(Level.L1), sign_in(Level.L1)
    assert allow(run, sixth, 6, by="9999").exit_code == 1
    assert allow(run, sixth, 6, by="0042").exit_code == 0
    confirm_phone(worker_id=sixth.worker_id, phone=PHONE)
    with pytest.raises(Problem):
        confirm_phone(worker_id=seventh.worker_id, phone=PHONE)
    assert allow(run, crowd[0], 8, by="0042").exit_code == 0
    confirm_phone(worker_id=seventh.worker_id, phone=PHONE)
    seen = db.session.execute(
        sa.select(AuditEvent.actor, AuditEvent.subject_id).where(AuditEvent.action == "account.sharing_confirmed")
    ).all()
    assert sorted(map(tuple, seen)) == sorted(("staff:0042", str(one.worker_id)) for one in (sixth, crowd[0]))


def test_a_number_of_more_than_a_dormitory_or_of_nobody_is_not_confirmed(crowd: list[Headers], run: Run) -> None:
    assert allow(run, crowd[0], sharing.MOST_CONFIRMED + 1, by="0042").exit_code == 2
    assert allow(run, crowd[0], sharing.MOST, by="0042").exit_code == 2
    nobody = "0192f0c1-0000-7000-8000-000000000000"
    assert run("share", nobody, "--most", "6", "--by", "0042", group="account").exit_code == 1


def test_what_was_confirmed_outlives_a_merger(sign_in: SignIn, run: Run) -> None:
    keep, gone = sign_in(Level.L1), sign_in(Level.L1)
    allow(run, gone, 9, by="0042")
    with transaction() as session:
        merge(
            keep=session.get_one(Worker, keep.worker_id), gone=session.get_one(Worker, gone.worker_id), by="staff:0042"
        )
    assert db.session.get_one(Worker, keep.worker_id).may_share_with == 9


def test_who_comes_by_a_code_is_let_in_however_many_there_are(crowd: list[Headers]) -> None:
    assert sign_in_by_phone(phone=PHONE).worker.id == crowd[-1].worker_id


def allow(run: Run, one: Headers, most: int, *, by: str) -> object:
    return run("share", str(one.worker_id), "--most", str(most), "--by", by, group="account")

"""What two members of the staff do to an account, and what one may do alone."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.models import ActState, DeskReason, DeskRequest, Outcome, PairedAct, SignInWay, Worker
from server.identity.service import confirm_phone, sign_in_by_phone
from server.identity.sessions import open_session
from server.me.accounts import notice_expired_papers
from server.me.profile import profile_of
from server.notices.models import Notice
from tests.me.conftest import Run, verify_as
from tests.moments import Freeze
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

TODAY = datetime(2026, 3, 13, 2, 0, tzinfo=UTC)


def test_a_person_is_seen_by_two_of_the_staff(client: FlaskClient, run: Run, sign_in: SignIn) -> None:
    headers = sign_in(Level.L2)
    act = propose(run, "seen", headers.worker_id, "--valid-to", "2030-05-01")
    assert level(client, headers) == "L2"
    refused = run("confirm", act, "--by", "0042", group="account")
    assert "两个人" in refused.output
    assert level(client, headers) == "L2"
    assert run("confirm", act, "--by", "0043", group="account").exit_code == 0
    assert level(client, headers) == "L3"
    worker = reload(headers)
    assert (worker.paper_valid_to, worker.seen_at is not None) == (date(2030, 5, 1), True)
    assert client.get("/api/v1/notices", headers=headers).get_json()["items"][0]["title"] == "当面核实好了"
    events = [
        (event.actor, event.action) for event in db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))
    ]
    assert events == [("staff:0042", "account.seen.propose"), ("staff:0043", "account.seen")]


def test_the_database_too_wants_two_people(sign_in: SignIn, run: Run) -> None:
    act = propose(run, "seen", sign_in(Level.L2).worker_id)
    with pytest.raises(sa.exc.IntegrityError, match="two_people"), transaction() as session:
        session.execute(
            sa.update(PairedAct)
            .where(PairedAct.id == uuid.UUID(act))
            .values(state=ActState.DONE, decided_by=PairedAct.proposed_by)
        )


def test_what_was_proposed_is_confirmed_once_and_within_a_week(
    run: Run, sign_in: SignIn, freeze: Freeze, client: FlaskClient
) -> None:
    freeze(TODAY)
    first, second = sign_in(Level.L2), sign_in(Level.L2)
    act = propose(run, "seen", first.worker_id)
    assert "已经有人提议过" in run("seen", first.worker_id, "--by", "0044", group="account").output
    assert run("confirm", act, "--by", "0043", group="account").exit_code == 0
    assert "没有这条提议" in run("confirm", act, "--by", "0043", group="account").output
    late = propose(run, "seen", second.worker_id)
    assert late in run("proposed", "--by", "0043", group="account").output
    freeze(TODAY + timedelta(days=7))
    assert "没有这条提议" in run("confirm", late, "--by", "0043", group="account").output
    assert late not in run("proposed", "--by", "0043", group="account").output
    assert level(client, second) == "L2"
    assert propose(run, "seen", second.worker_id)


def test_a_proposal_can_be_dropped(run: Run, sign_in: SignIn) -> None:
    act = propose(run, "seen", sign_in(Level.L2).worker_id)
    assert run("drop", act, "--by", "0042", group="account").exit_code == 0
    assert "没有这条提议" in run("confirm", act, "--by", "0043", group="account").output


@pytest.mark.parametrize("number", ["0099", "5000"])
def test_both_need_the_right(run: Run, sign_in: SignIn, client: FlaskClient, number: str) -> None:
    make_staff("5000", "city_viewer")
    headers = sign_in(Level.L2)
    for what in ("seen", "release", "freeze", "unfreeze"):
        assert "办不了这件事" in run(what, headers.worker_id, "--by", number, group="account").output
    act = propose(run, "seen", headers.worker_id)
    assert "办不了这件事" in run("confirm", act, "--by", number, group="account").output
    assert level(client, headers) == "L2"


def test_who_is_not_verified_cannot_be_seen(run: Run, sign_in: SignIn) -> None:
    result = run("seen", sign_in(Level.L1).worker_id, "--by", "0042", group="account")
    assert (result.exit_code, "先完成实名认证" in result.output) == (1, True)


def test_a_frozen_account_lets_nobody_in_and_keeps_everything(client: FlaskClient, run: Run, sign_in: SignIn) -> None:
    headers = sign_in(Level.L2)
    assert level(client, headers) == "L2"
    assert run("freeze", headers.worker_id, "--by", "0042", group="account").exit_code == 0
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    act = propose(run, "unfreeze", headers.worker_id)
    assert "两个人" in run("confirm", act, "--by", "0042", group="account").output
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    assert run("confirm", act, "--by", "0043", group="account").exit_code == 0
    assert level(client, headers) == "L2"


def test_a_frozen_account_is_not_opened_anew(run: Run, sign_in: SignIn) -> None:
    headers = sign_in(Level.L1)
    run("freeze", headers.worker_id, "--by", "0042", group="account")
    with pytest.raises(Problem) as caught:
        sign_in_by_phone(phone=headers.person.phone)
    assert (caught.value.status, caught.value.code) == (403, "account_frozen")


def test_a_number_of_another_person_is_given_back_and_the_owner_gets_it(
    client: FlaskClient, run: Run, sign_in: SignIn
) -> None:
    thief, owner = sign_in(Level.L2, who=person(1)), sign_in(Level.L1)
    assert verify_as(client, owner, 1)["state"] == "manual"
    (request,) = db.session.scalars(sa.select(DeskRequest)).all()
    assert request.reason is DeskReason.NUMBER_TAKEN
    request_id = request.id
    shown = run("conflict", request_id, "--by", "0042").output
    assert str(thief.worker_id) in shown
    assert str(owner.worker_id) in shown
    assert person(1).name not in shown
    assert person(1).id_number not in shown
    assert person(1).phone not in shown
    read = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "verification.read_conflict")).all()
    assert {event.subject_id for event in read} == {str(thief.worker_id), str(owner.worker_id)}
    assert "另一个账号" in run("approve", request_id, "--by", "0042").output
    act = propose(run, "release", thief.worker_id)
    run("confirm", act, "--by", "0043", group="account")
    assert (level(client, thief), reload(thief).id_number_hmac) == ("L1", None)
    assert run("approve", request_id, "--by", "0042").exit_code == 0
    assert level(client, owner) == "L2"


def test_a_changed_number_goes_to_the_desk_and_replaces_the_old_one(
    client: FlaskClient, run: Run, sign_in: SignIn
) -> None:
    headers = sign_in(Level.L2, who=person(1))
    answer = verify_as(client, headers, 2, name=person(1).name)
    assert (answer["level"], answer["state"]) == ("L2", "manual")
    assert client.get("/api/v1/me", headers=headers).get_json()["verification"]["state"] == "manual"
    (request,) = db.session.scalars(sa.select(DeskRequest)).all()
    assert run("approve", request.id, "--by", "0042", "--valid-to", "2031-01-01").exit_code == 0
    worker = reload(headers)
    assert (worker.id_number, worker.paper_valid_to) == (person(2).id_number, date(2031, 1, 1))
    assert client.get("/api/v1/me", headers=headers).get_json()["verification"]["paper_valid_to"] == "2031-01-01"


def test_a_paper_that_runs_out_keeps_l2_for_thirty_days(
    client: FlaskClient, run: Run, sign_in: SignIn, freeze: Freeze
) -> None:
    freeze(TODAY)
    headers = sign_in(Level.L2, who=person(1))
    act = propose(run, "seen", headers.worker_id, "--valid-to", "2026-03-20")
    run("confirm", act, "--by", "0043", group="account")
    assert after(freeze, date(2026, 3, 20), headers) is Level.L3
    assert after(freeze, date(2026, 3, 21), headers) is Level.L2
    assert "4 月 20 日" in told(headers)[-1]
    assert shown(headers) == (Outcome.MATCHED, date(2026, 3, 20), date(2026, 4, 20))
    assert after(freeze, date(2026, 4, 19), headers) is Level.L2
    assert len(told(headers)) == 2
    assert after(freeze, date(2026, 4, 20), headers) is Level.L1
    assert "30 天" in told(headers)[-1]
    assert shown(headers) == (Outcome.REFUSED, date(2026, 3, 20), None), "the page says why"
    assert reload(headers).id_number == person(1).id_number, "kept, so that a new paper is soon entered"
    signed_in = {"Authorization": f"Bearer {open_session(worker_id=headers.worker_id, way=SignInWay.SMS).token}"}
    assert verify_as(client, signed_in, 1)["state"] == "manual"


def test_with_a_paper_that_ran_out_the_same_data_are_looked_at_again(
    client: FlaskClient, run: Run, sign_in: SignIn, freeze: Freeze
) -> None:
    freeze(TODAY)
    headers = sign_in(Level.L2, who=person(1))
    with transaction() as session:
        session.get_one(Worker, headers.worker_id).paper_valid_to = date(2026, 3, 12)
    assert verify_as(client, headers, 1)["state"] == "manual"


def test_another_phone_takes_l3_until_the_person_is_seen_again(client: FlaskClient, sign_in: SignIn) -> None:
    headers = sign_in(Level.L3)
    assert confirm_phone(worker_id=headers.worker_id, phone=headers.person.phone) is False
    assert level(client, headers) == "L3"
    assert confirm_phone(worker_id=headers.worker_id, phone=person(77).phone) is True
    assert level(client, headers) == "L2"
    assert reload(headers).seen_at is None


def propose(run: Run, what: str, worker_id: uuid.UUID, *more: object) -> str:
    """By 0042; the proposal's id."""
    result = run(what, worker_id, *more, "--by", "0042", group="account")
    assert result.exit_code == 0, result.output
    found = re.search(r"[0-9a-f-]{36}", result.output)
    assert found
    return found[0]


def level(client: FlaskClient, headers: Headers) -> str:
    told: str = client.get("/api/v1/me", headers=headers).get_json()["level"]
    return told


def shown(headers: Headers) -> tuple[Outcome, date | None, date | None]:
    """How the verification stands on the page: state, last day of the paper, until when it has to be another."""
    db.session.expire_all()
    found = profile_of(db.session(), headers.worker_id).verification
    assert found is not None
    return found.state, found.paper_valid_to, found.renew_by


def reload(headers: Headers) -> Worker:
    db.session.expire_all()
    return db.session.get_one(Worker, headers.worker_id)


def after(freeze: Freeze, day: date, headers: Headers) -> Level:
    """The level after the job has run on a day, soon after midnight in Shanghai."""
    freeze(datetime(day.year, day.month, day.day, 0, 10, tzinfo=UTC) - timedelta(hours=8))
    notice_expired_papers()
    return reload(headers).level


def told(headers: Headers) -> list[str]:
    """What the worker was told, the newest last."""
    notices = db.session.scalars(sa.select(Notice).where(Notice.worker_id == headers.worker_id).order_by(Notice.id))
    return [notice.body for notice in notices]

"""Two accounts of one person become one, with everything on both sides."""

import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.models import Case
from server.core.access import Level
from server.core.clock import now, today
from server.core.crypto import keyed_hmac
from server.core.db import Base, db, new_id, transaction
from server.identity import consents
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import (
    OPENID,
    Consent,
    ConsentKey,
    Outcome,
    PairedAct,
    VerificationAttempt,
    WeChatLogin,
)
from server.identity.service import sign_in_by_openid
from server.me.merging import MOVED
from server.notices.models import SubscriptionAnswer, SubscriptionGrant
from server.notices.service import notify
from server.notices.worded import worded
from server.seats import owners, service
from server.seats.models import ClaimState, OwnerKind, SeatClaim, SeatPool
from server.seats.service import PoolRef
from server.stations.managers.models import StationManager
from server.unions.models import Membership, MembershipState
from tests.cases.conftest import submission
from tests.me.conftest import Run, verify_as
from tests.me.test_accounts import level, propose, reload
from tests.people import person
from tests.rosters import make_union
from tests.seats.conftest import PlainWords
from tests.sign_in import Headers, SignIn
from tests.staff import make_district
from tests.stations.making import make_station

NAMES_A_WORKER = {"worker_id", "holder_id", "owner_worker_id", "used_by"}
SETTLED_APART = {
    "consent.worker_id",
    "subscription_grant.worker_id",
    "seat_claim.holder_id",
    "membership.worker_id",
    "joining_record.worker_id",
    "worker_office.worker_id",
    "correction_request.worker_id",
    "worker_pin.worker_id",
    # Says what became of the account that went; stays.
    "account_closing.worker_id",
    # Says what was decided about the account that went; stays.
    "paired_act.worker_id",
}


@pytest.fixture(autouse=True)
def plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(owners._owners, OwnerKind.ACTIVITY, PlainWords())


@pytest.fixture
def merge(run: Run) -> Callable[[Headers, Headers], None]:
    """By two of the staff."""

    def both(keep: Headers, gone: Headers) -> None:
        act = propose(run, "merge", keep.worker_id, gone.worker_id)
        result = run("confirm", act, "--by", "0043", group="account")
        assert result.exit_code == 0, result.output
        db.session.expire_all()

    return both


Merge = Callable[[Headers, Headers], None]


def test_every_column_that_names_a_worker_is_moved_or_settled() -> None:
    naming = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in NAMES_A_WORKER
    }
    moved = {f"{column.class_.__tablename__}.{column.key}" for column in MOVED}
    assert naming - moved == SETTLED_APART


def test_everything_of_both_sides_is_in_one_account(client: FlaskClient, sign_in: SignIn, merge: Merge) -> None:
    keep, gone = sign_in(Level.L1), sign_in(Level.L2, who=person(1))
    for number, side in enumerate((keep, gone)):
        fill(client, side, number)
    cases = db.session.scalar(sa.select(sa.func.count()).select_from(Case))
    merge(keep, gone)
    for column in MOVED:
        assert db.session.scalar(sa.select(sa.func.count()).where(column == gone.worker_id)) == 0, column
    me = client.get("/api/v1/me", headers=keep).get_json()
    assert (me["level"], me["name_masked"], me["membership"]["number"]) == ("L2", "测*", "4403040000001")
    assert client.get("/api/v1/me", headers=gone).get_json()["id"] == str(keep.worker_id), (
        "its token opens the one left"
    )
    assert len(client.get("/api/v1/me/cases", headers=keep).get_json()["items"]) == cases == 2
    for number in range(2):
        assert sign_in_by_openid(openid=f"openid-{number}").worker.id == keep.worker_id
    left = db.session.scalars(sa.select(Membership).where(Membership.worker_id == gone.worker_id)).one()
    assert left.state is MembershipState.LEFT
    worker = reload(gone)
    assert (worker.level, worker.merged_into) == (Level.L0, keep.worker_id)
    assert {worker.name, worker.phone, worker.id_number, worker.id_number_hmac} == {None}
    assert reload(keep).phone == keep.person.phone
    grants = {
        row.template_id: (row.worker_id, row.remaining) for row in db.session.scalars(sa.select(SubscriptionGrant))
    }
    assert grants == {"both": (keep.worker_id, 3), "only-0": (keep.worker_id, 1), "only-1": (keep.worker_id, 2)}


def test_the_number_may_be_on_either_side_and_on_one_only(
    client: FlaskClient, run: Run, sign_in: SignIn, merge: Merge
) -> None:
    verified, fresh = sign_in(Level.L2, who=person(1)), sign_in(Level.L1)
    merge(verified, fresh)
    assert level(client, fresh) == "L2"
    others = sign_in(Level.L2, who=person(2))
    result = run("merge", verified.worker_id, others.worker_id, "--by", "0042", group="account")
    assert "不同的号码" in result.output
    again = run("merge", verified.worker_id, fresh.worker_id, "--by", "0042", group="account")
    assert "并过" in again.output


def test_a_conflict_over_a_number_ends_with_the_merger(
    client: FlaskClient, run: Run, sign_in: SignIn, merge: Merge
) -> None:
    old, new = sign_in(Level.L2, who=person(1)), sign_in(Level.L1)
    assert verify_as(client, new, 1)["state"] == "manual"
    merge(new, old)
    me = client.get("/api/v1/me", headers=new).get_json()
    assert (me["level"], me["verification"]["state"]) == ("L2", "matched")
    assert "共 0 条" in run("list", "--by", "0042").output
    assert verify_as(client, new, 1) == {"level": "L2", "state": "matched"}


def test_of_two_claims_on_one_thing_the_seat_stays_and_the_other_goes_on(sign_in: SignIn, merge: Merge) -> None:
    keep, gone, third = (sign_in(Level.L1) for _ in range(3))
    pool = make_pool(1)
    service.claim_seat(pool=pool, holder_id=gone.worker_id)
    service.claim_seat(pool=pool, holder_id=keep.worker_id)
    roomy = make_pool(2)
    for who in (keep, gone, third):
        service.claim_seat(pool=roomy, holder_id=who.worker_id)
    merge(keep, gone)
    assert living(pool) == {keep.worker_id: ClaimState.SIGNED}
    assert living(roomy) == {keep.worker_id: ClaimState.SIGNED, third.worker_id: ClaimState.SIGNED}
    for one in (pool, roomy):
        row = db.session.get_one(SeatPool, one.id)
        signed = sum(state is ClaimState.SIGNED for state in living(one).values())
        assert row.taken == signed


def test_the_latest_word_on_a_consent_counts(client: FlaskClient, sign_in: SignIn, merge: Merge) -> None:
    keep, gone = sign_in(Level.L1), sign_in(Level.L1)
    for who in (keep, gone):
        for key in (ConsentKey.CONTACT, ConsentKey.LOCATION):
            consents.record_consents(worker_id=who.worker_id, given=[GivenConsent(key, consent_texts()[key].version)])
    consents.withdraw(worker_id=keep.worker_id, key=ConsentKey.CONTACT)
    merge(keep, gone)
    assert [one.key for one in consents.consents_of(db.session(), keep.worker_id)] == [ConsentKey.LOCATION]
    assert db.session.scalar(sa.select(sa.func.count()).where(Consent.worker_id == gone.worker_id)) == 0


def test_nothing_is_merged_when_a_part_fails(
    client: FlaskClient, run: Run, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, gone = sign_in(Level.L1), sign_in(Level.L2, who=person(1))
    act = propose(run, "merge", keep.worker_id, gone.worker_id)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("server.me.merging.hand_over", fail)
    assert run("confirm", act, "--by", "0043", group="account").exit_code == 1
    assert level(client, gone) == "L2"
    assert db.session.get_one(PairedAct, uuid.UUID(act)).decided_by is None


def test_who_was_shut_out_is_not_let_into_the_account_that_stays(
    client: FlaskClient, run: Run, sign_in: SignIn
) -> None:
    keep, gone = sign_in(Level.L2), sign_in(Level.L1, who=person(1))
    act = propose(run, "merge", keep.worker_id, gone.worker_id)
    assert run("freeze", gone.worker_id, "--by", "0042", group="account").exit_code == 0
    assert "停用着" in run("confirm", act, "--by", "0043", group="account").output
    assert client.get("/api/v1/me", headers=gone).status_code == 401


def fill(client: FlaskClient, side: Headers, number: int) -> None:
    """Something of everything that an account can hold."""
    worker_id = side.worker_id
    assert client.post("/api/v1/cases", json=submission("grievance"), headers=dict(side)).status_code == 201
    union = make_union(f"GH{number}", under=make_district())
    station = make_station(f"FT000{number}")
    with transaction() as session:
        session.add(WeChatLogin(worker_id=worker_id, openid=f"openid-{number}", openid_hmac=digest(number)))
        session.add(VerificationAttempt(worker_id=worker_id, outcome=Outcome.MANUAL, created_at=now()))
        session.add(
            Membership(
                worker_id=worker_id,
                union_id=union.id,
                number=f"440304000000{number + 1}",
                state=MembershipState.ACTIVE,
                since=today(),
            )
        )
        session.add(StationManager(station_id=station.id, worker_id=worker_id))
        for template in ("both", f"only-{number}"):
            session.add(
                SubscriptionGrant(
                    worker_id=worker_id,
                    template_id=template,
                    remaining=number + 1,
                    answer=SubscriptionAnswer.ACCEPT,
                    answered_at=now(),
                )
            )
    notify(worker_id=worker_id, kind="test", title="一", body=worded("二"), link="/")


def digest(number: int) -> bytes:
    return keyed_hmac(f"openid-{number}", purpose=OPENID)


def make_pool(capacity: int) -> PoolRef:
    scope_id = new_id()
    pool_id = service.create_pool(owner=OwnerKind.ACTIVITY, scope_id=scope_id, capacity=capacity, waiting_enabled=True)
    return PoolRef(id=pool_id, owner=OwnerKind.ACTIVITY, scope_id=scope_id, waiting_enabled=True)


def living(pool: PoolRef) -> dict[uuid.UUID, ClaimState]:
    rows = db.session.scalars(
        sa.select(SeatClaim).where(
            SeatClaim.pool_id == pool.id, SeatClaim.state.in_([ClaimState.SIGNED, ClaimState.WAITING])
        )
    )
    return {row.holder_id: row.state for row in rows}

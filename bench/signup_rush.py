"""A sign-up rush over HTTP: 2,000 workers, 100 seats, 64 connections.

    python -m bench.signup_rush [--rounds N]

The limit is a route with the same login, middleware, body and answer that inserts one row and commits. A second
comparison is between losers after the sell-out: refused by the flag, and refused by PostgreSQL (the same service with
the flag switched off). Every rush gets an activity of its own, and is checked to have sold exactly its seats.
"""

import argparse
import hashlib
import secrets
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, g

from bench.client import request
from bench.harness import Measured, Ratio, Server, alternate, measure, ratio, serve, table, world
from server.activities import planning, service
from server.activities.models import ActivityKind
from server.activities.planning import NewActivity, NewGroup
from server.activities.schemas import SignupBodySchema, SignupSchema
from server.app import create_app
from server.core.access import Level
from server.core.clock import now
from server.core.db import db, new_id, transaction
from server.core.settings import Settings
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotency_exempt
from server.identity.models import LoginSession, SignInWay, Worker
from server.seats import service as seats
from server.seats.claims import claims, pools
from server.seats.models import ClaimState
from server.seats.verify import verify
from server.unions.models import TradeUnion
from server.unions.vocabulary import UnionKind

WORKERS = 2_000
SEATS = 100
CONNECTIONS = 64
THREADS = 16
RUSH_TARGET = 0.85
LOSER_TARGET = 1.5

ROWS = sa.Table(
    "bench_row",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("activity_id", sa.Uuid, nullable=False),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.UniqueConstraint("activity_id", "worker_id"),
)


def make_app() -> Flask:
    """The service with three more routes."""
    app = create_app()
    blp = ApiBlueprint("bench", __name__)
    _make_flag_optional()

    @blp.route("/bench/<uuid:activity_id>/rows", methods=["POST"])
    @access.signed_in
    @idempotency_exempt("a benchmark")
    @blp.arguments(SignupBodySchema)
    @blp.response(201, SignupSchema)
    def insert_row(body: dict[str, Any], activity_id: uuid.UUID) -> dict[str, Any]:
        row_id, at = new_id(), now()
        with transaction() as session:
            session.execute(
                ROWS.insert().values(id=row_id, activity_id=activity_id, worker_id=worker().worker_id, created_at=at)
            )
        claim = {"id": row_id, "state": ClaimState.SIGNED, "seat_no": 1, "created_at": at}
        return {"claim": claim, "card": {"id": activity_id}, "group": {"key": "all"}}

    @blp.route("/bench/<uuid:activity_id>/signups", methods=["POST"])
    @access.signed_in
    @idempotency_exempt("a benchmark")
    @blp.arguments(SignupBodySchema)
    @blp.response(201, SignupSchema)
    def sign_up_without_flag(body: dict[str, Any], activity_id: uuid.UUID) -> service.Signup:
        g.without_flag = True
        return service.sign_up(who=worker(), activity_id=activity_id, group_key=body["group"])[0]

    @blp.route("/bench/<uuid:activity_id>/nothing", methods=["POST"])
    @access.signed_in
    @idempotency_exempt("a benchmark")
    @blp.response(204)
    def nothing(activity_id: uuid.UUID) -> None:
        """Logs in and does nothing: brings the sessions into the cache."""

    app.extensions["warmbee_api"].register_blueprint(blp)
    return app


def _make_flag_optional() -> None:
    """Without the flag nothing of it is left: neither asking, nor reading whom it would have to name."""
    with_flag = seats.claim_seat

    def claim_seat(
        *, pool: seats.PoolRef, holder_id: uuid.UUID, companions: int = 0, priority: int = 0
    ) -> seats.Answer:
        if not g.get("without_flag"):
            return with_flag(pool=pool, holder_id=holder_id, companions=companions, priority=priority)
        with transaction() as session:
            return seats._claim(session, pool=pool, wish=seats.Wish(holder_id, companions, priority))

    seats.claim_seat = claim_seat


def sign_in_everybody() -> list[str]:
    """Tokens of new workers, each of level L1."""
    tokens = [secrets.token_urlsafe(32) for _ in range(WORKERS)]
    crowd = [Worker(id=new_id(), level=Level.L1) for _ in tokens]
    until = now() + timedelta(days=1)
    with transaction() as session:
        session.add_all(crowd)
        session.flush()
        for who, token in zip(crowd, tokens, strict=True):
            token_hash = hashlib.sha256(token.encode()).digest()
            session.add(LoginSession(worker_id=who.id, token_hash=token_hash, way=SignInWay.DEMO, expires_at=until))
    return tokens


def make_union() -> uuid.UUID:
    """Somebody has to organise it."""
    with transaction() as session:
        union = TradeUnion(id=new_id(), code="B1", name="工会", kind=UnionKind.DISTRICT, area_code="440304")
        session.add(union)
        return union.id


def announce(organiser_id: uuid.UUID) -> uuid.UUID:
    """An activity that is open, with so many seats for everybody and no waiting list."""
    at, hour = now(), timedelta(hours=1)
    return planning.announce(
        NewActivity(
            title="骑手电动车安全讲座",
            kind=ActivityKind.LECTURE,
            summary="车怎么查，路怎么走。",
            rules="带上头盔。",
            place="福田区福民路 12 号",
            district_code="440304",
            organiser_id=organiser_id,
            starts_at=at + 3 * hour,
            ends_at=at + 5 * hour,
            opens_at=at - hour,
            closes_at=at + 2 * hour,
            cancel_until=at + 2 * hour,
            groups=[NewGroup("all", "所有人", SEATS)],
        ),
        actor="system",
    )


class Bench:
    """One server, its workers, and the cases."""

    def __init__(self, server: Server, tokens: list[str]) -> None:
        self._server = server
        self._union = make_union()
        self._headers = [{"Authorization": f"Bearer {token}", "Content-Type": "application/json"} for token in tokens]
        self._sold_out = announce(self._union)
        self._drive(f"/activities/{self._sold_out}/signups")

    def rush(self, path: str) -> Callable[[], Measured]:
        """Everybody signs up for a new activity; exactly its seats are sold."""

        def case() -> Measured:
            activity_id = announce(self._union)
            measured = self._drive(path.format(activity_id))
            answers = measured.load.statuses
            sold, taken = _sold(activity_id)
            if not sold == taken == answers[201] == SEATS or answers[409] != WORKERS - SEATS:
                raise RuntimeError(f"{sold} sold, counter {taken}, answers {answers}")
            return measured

        return case

    def insert(self) -> Measured:
        """The limit: everybody's row is inserted."""
        measured = self._drive(f"/bench/{uuid.uuid4()}/rows")
        if measured.load.statuses != {201: WORKERS}:
            raise RuntimeError(f"answers {measured.load.statuses}")
        return measured

    def lose(self, path: str) -> Callable[[], Measured]:
        """Everybody tries again after the sell-out; only the losers are measured."""

        def case() -> Measured:
            self._warm_up()
            measured = self._drive(path.format(self._sold_out), losers_only=True)
            if set(measured.load.statuses) != {409}:
                raise RuntimeError(f"answers {measured.load.statuses}")
            return measured

        return case

    def _warm_up(self) -> None:
        measured = self._drive(f"/bench/{uuid.uuid4()}/nothing", warm_up=False)
        if measured.load.statuses != {204: WORKERS}:
            raise RuntimeError(f"answers {measured.load.statuses}")

    def _drive(self, path: str, *, losers_only: bool = False, warm_up: bool = True) -> Measured:
        if warm_up:
            self._warm_up()
        headers = self._headers
        if losers_only:
            headers = headers[-(WORKERS - 2 * SEATS) :]
        raw = [request("POST", f"{self._server.base_url}/api/v1{path}", body=b"{}", headers=one) for one in headers]
        return measure(self._server, raw, connections=CONNECTIONS)


def _sold(activity_id: uuid.UUID) -> tuple[int, int]:
    """Claims with a seat, and the counter."""
    signed = sa.select(sa.func.count()).where(claims.c.scope_id == activity_id, claims.c.state == ClaimState.SIGNED)
    taken = sa.select(pools.c.taken).where(pools.c.scope_id == activity_id)
    with db.engine.connect() as connection:
        return connection.execute(signed).scalar_one(), connection.execute(taken).scalar_one()


def main() -> bool:
    """Print the table and the ratios; returns whether they hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with world("bench-signup") as base:
        environ = base | {"WEB_THREADS": str(THREADS)}
        app = create_app(Settings.from_env(environ))
        with app.app_context():
            ROWS.create(db.engine)
            tokens = sign_in_everybody()
            with serve("bench.signup_rush:make_app()", environ=environ, threads=THREADS) as server:
                bench = Bench(server, tokens)
                cases = {
                    "insert of one row, no capacity": bench.insert,
                    "rush": bench.rush("/activities/{}/signups"),
                    "rush, flag off": bench.rush("/bench/{}/signups"),
                    "loser behind the flag": bench.lose("/activities/{}/signups"),
                    "loser refused by PostgreSQL": bench.lose("/bench/{}/signups"),
                }
                seen = alternate(cases, rounds=rounds)
            wrong = verify()[1]
    print(table(seen), end="\n\n")
    ratios: list[Ratio] = [
        ratio("rush", seen["rush"], seen["insert of one row, no capacity"], target=RUSH_TARGET),
        ratio("rush, flag off", seen["rush, flag off"], seen["insert of one row, no capacity"], target=RUSH_TARGET),
        ratio(
            "loser behind the flag",
            seen["loser behind the flag"],
            seen["loser refused by PostgreSQL"],
            target=LOSER_TARGET,
        ),
    ]
    print("\n".join(map(str, ratios)))
    print("books fit" if not wrong else f"BOOKS DO NOT FIT: {wrong}")
    return all(one.holds for one in ratios) and not wrong


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

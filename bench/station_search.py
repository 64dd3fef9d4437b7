"""Station search over HTTP against the same route without the search: same middleware, same parsing, an answer as long.

    python -m bench.station_search [--rounds N] [--seconds S]

Two directories: 2,000 places in a city (within 5 km) and 200,000 in a country (within 50 km). Two wishes: a service
that 57 % of the places offer and one that 1 % offer, both only what is open now. Every request asks from another spot.
"""

import argparse
import random
import sys
from functools import partial
from typing import Any

import psycopg
from flask import Flask, Response

from bench import client
from bench.harness import Measured, Ratio, Server, alternate, measure, ratio, serve, table, world
from server.app import create_app
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access
from server.stations import api
from server.stations.schemas import StationListSchema, StationQuery

TARGET = 0.60
CONNECTIONS = 32
SPOTS = 500
CITY = (113.80, 22.45, 114.60, 22.85)
COUNTRY = (100.0, 22.0, 122.0, 42.0)
WISHES = {"57 %": "S01", "1 %": "S15"}


def make_app() -> Flask:
    """The service with one more route: what is left of the list when nobody searches."""
    app = create_app()
    bench = ApiBlueprint("bench", __name__)
    bodies: dict[str, bytes] = {}

    @bench.route("/bench/stations")
    @access.public
    @bench.arguments(StationQuery(), location="query")
    @bench.response(200, StationListSchema)
    def without_search(query: dict[str, Any]) -> Response:
        service = query["amenity"][0].code
        if service not in bodies:
            bodies[service] = api.list_stations().get_data()
        return Response(bodies[service], content_type="application/json")

    app.extensions["warmbee_api"].register_blueprint(bench)
    return app


def fill(database_url: str, *, places: int, box: tuple[float, float, float, float]) -> None:
    """Places at random in the box, about six services each, five kinds of hours, 79 streets."""
    url = database_url.replace("postgresql+psycopg://", "postgresql://")
    west, south, east, north = box
    with psycopg.connect(url) as connection:
        connection.execute("SELECT setseed(0.42)")
        connection.execute("TRUNCATE station CASCADE")
        connection.execute(
            """
            INSERT INTO station (id, code, name, kind, address, district_code, street_code, lat, lng, source_datum,
                source_lat, source_lng, entry, hours, closed_days, duty_phone, capacity, status, confirmed_at)
            SELECT gen_random_uuid(), 'BK' || lpad(n::text, 6, '0'), '第 ' || n || ' 号暖蜂驿站（党群服务中心）',
                'post', '福田区华强北街道第 ' || n || ' 号', '440304', '440304' || lpad((n %% 79)::text, 3, '0'),
                lat, lng, 'gcj02', lat, lng, 'walk_in', hours, '[]', '0755-00012351', 12, 'open',
                now() - random() * interval '20 days'
            FROM (
                SELECT n, %(south)s + random() * %(height)s AS lat, %(west)s + random() * %(width)s AS lng,
                    (SELECT jsonb_object_agg(day, jsonb_build_array(span)) FROM unnest(
                        ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday']) AS day)
                        AS hours
                FROM generate_series(1, %(places)s) AS n,
                    LATERAL (SELECT (ARRAY['00:00-24:00', '00:00-23:00', '01:00-24:00', '22:00-20:00', '06:00-05:00'])
                        [1 + n %% 5] AS span) AS spans
            ) AS made
            """,
            {"places": places, "south": south, "height": north - south, "west": west, "width": east - west},
        )
        connection.execute(
            """
            INSERT INTO station_amenity (station_id, code, state, updated_at)
            SELECT station.id, offer.code, 'ok', now()
            FROM station, (VALUES ('S01', 0.57), ('S15', 0.01), ('S03', 0.9), ('S04', 0.8), ('S05', 0.7), ('S06', 0.8),
                ('S09', 0.8), ('S10', 0.6), ('S12', 0.4)) AS offer (code, share)
            WHERE abs(hashtext(station.code || offer.code)::bigint) % 1000 < 1000 * offer.share
            """
        )
        connection.execute(
            "INSERT INTO station_version VALUES (1, gen_random_uuid(), gen_random_uuid())"
            " ON CONFLICT (id) DO UPDATE SET places = excluded.places, live = excluded.live"
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def requests(server: Server, path: str, service: str, *, box: tuple[float, ...], radius: int) -> list[bytes]:
    """One request for each spot."""
    spots = random.Random(service)
    west, south, east, north = box
    return [
        client.request(
            "GET",
            f"{server.base_url}/api/v1{path}?near={spots.uniform(south, north):.5f},{spots.uniform(west, east):.5f}"
            f"&radius={radius}&amenity={service}&open=now",
        )
        for _ in range(SPOTS)
    ]


def compare(environ: dict[str, str], *, places: int, rounds: int, seconds: float) -> list[Ratio]:
    """Measure one directory and print what was seen."""
    box, radius = (CITY, 5_000) if places <= 10_000 else (COUNTRY, 50_000)
    fill(environ["DATABASE_URL"], places=places, box=box)
    with serve("bench.station_search:make_app()", environ=environ) as server:
        cases: dict[str, list[bytes]] = {}
        for share, service in WISHES.items():
            cases[f"{places} places, {share}"] = requests(server, "/stations", service, box=box, radius=radius)
            cases[f"{places} places, {share}, no search"] = requests(
                server, "/bench/stations", service, box=box, radius=radius
            )
        for raw in cases.values():
            measure(server, raw, connections=CONNECTIONS)

        def case(raw: list[bytes]) -> Measured:
            return measure(server, raw, connections=CONNECTIONS, seconds=seconds)

        seen = alternate({name: partial(case, raw) for name, raw in cases.items()}, rounds=rounds)
    print(table(seen), end="\n\n")
    wrong = {status for some in seen.values() for one in some for status in one.load.statuses} - {200}
    if wrong:
        raise RuntimeError(f"answers other than 200: {wrong}")
    names = [f"{places} places, {share}" for share in WISHES]
    return [ratio(name, seen[name], seen[f"{name}, no search"], target=TARGET) for name in names]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--places", type=int, nargs="*", default=[2_000, 200_000])
    given = parser.parse_args()
    ratios: list[Ratio] = []
    with world("bench") as environ:
        for places in given.places:
            ratios += compare(environ, places=places, rounds=given.rounds, seconds=given.seconds)
    print("\n".join(map(str, ratios)))
    return 0 if all(one.holds for one in ratios) else 1


if __name__ == "__main__":
    sys.exit(main())

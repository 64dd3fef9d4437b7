"""`flask stations import` and the other commands."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy.orm import Session

from server.core.audit import AuditEvent
from server.core.datum import Datum, Point, convert, distance_m
from server.stations.amenities import AmenityState
from server.stations.imports.streets import likelier_datum, streets
from server.stations.models import Entry, Station, StationAmenity, StationKind, StationStatus
from tests.staff import make_staff, make_street

DEMO = Path(__file__).parents[2] / "config" / "demo" / "stations.csv"
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HEADERS = ["编号", "名称", "街道", "经度", "纬度", "开放时间", "服务", "进入方式"]
GOOD = ["FT0001", "华强北驿站", "华强北街道", "114.086", "22.547", "09:00-17:00", "热水、S06", "按铃"]

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    make_staff("0042", "district_office")

    def flask(command: str, *arguments: object) -> Result:
        by = [] if command == "exceptions" else ["--by", "0042"]
        return app.test_cli_runner().invoke(args=["stations", command, *map(str, arguments), *by])

    return flask


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV file: headers and rows."""

    def write(*rows: list[str], headers: list[str] = HEADERS, encoding: str = "utf-8") -> Path:
        path = tmp_path / "站点.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([headers, *rows])
        return path

    return write


def changed(column: str, value: str) -> list[str]:
    return [value if name == column else cell for name, cell in zip(HEADERS, GOOD, strict=True)]


def stations(session: Session) -> dict[str, Station]:
    session.expire_all()
    return {station.code: station for station in session.scalars(sa.select(Station))}


def test_a_list_is_taken_over_and_can_be_found(run: Run, table, client: FlaskClient, db_session: Session) -> None:
    result = run("import", table(GOOD), "--datum", "gcj02")
    assert result.exit_code == 0, result.output
    assert "共 1 行：新的 1，已有的 0，不对的地方 0" in result.output
    station = stations(db_session)["FT0001"]
    assert (station.kind, station.entry, station.district_code) == (StationKind.POST, Entry.RING, "440304")
    assert (station.street_code, station.address) == ("440304011", "福田区华强北街道")
    item = client.get("/api/v1/stations?near=22.547,114.086").json["items"][0]
    assert (item["code"], [one["code"] for one in item["amenities"]]) == ("FT0001", ["S01", "S06"])


def test_a_rehearsal_writes_nothing(run: Run, table, db_session: Session) -> None:
    result = run("import", table(GOOD), "--datum", "gcj02", "--dry-run")
    assert result.exit_code == 0
    assert "试导入" in result.output
    assert stations(db_session) == {}


def test_one_wrong_row_keeps_all_out_and_every_mistake_is_named(run: Run, table, db_session: Session) -> None:
    second = ["FT0001", "", "华强北街道", "22.547", "114.086", "看情况", "洗车", "翻墙"]
    result = run("import", table(GOOD, second), "--datum", "gcj02")
    assert result.exit_code == 1
    for line in (
        "不对：第 3 行“编号”：FT0001 在第 2 行已经有了",
        "不对：第 3 行“名称”：不能空着",
        "不对：第 3 行“纬度”：经度和纬度写反了",
        "不对：第 3 行“开放时间”：开放时间里的“看情况”看不懂",
        "不对：第 3 行“服务”：不认得“洗车”",
        "不对：第 3 行“怎么进”：不认得“翻墙”",
        "什么都没有写入",
    ):
        assert line in result.output
    assert stations(db_session) == {}


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("编号", "7号", "例如 FT0007"),
        ("街道", "没有街道", "请写 9 位编号"),
        ("经度", "东经114", "要是小数"),
        ("经度", "2.35", "不在中国"),
        ("开放时间", "09:00", "看不懂"),
        ("服务", "S31", "S01 到 S30"),
    ],
)
def test_each_mistake_names_row_and_column(run: Run, table, column: str, value: str, says: str) -> None:
    result = run("import", table(changed(column, value)), "--datum", "gcj02")
    assert result.exit_code == 1
    assert "第 2 行" in result.output
    assert says in result.output


def test_a_point_in_the_wrong_place_is_taken_over_with_a_warning(run: Run, table) -> None:
    in_town = run("import", table(changed("经度", "114.13")), "--datum", "gcj02")
    assert "注意：第 2 行“经度”：离华强北街道的中间有 4.5 公里" in in_town.output
    outside = run("import", table(changed("经度", "116.4")), "--datum", "gcj02")
    assert "不在深圳" in outside.output
    assert outside.exit_code == 0


def test_positions_are_converted_and_the_given_ones_are_kept(run: Run, table, db_session: Session) -> None:
    given = convert(Point(22.547, 114.086), Datum.GCJ02, Datum.BD09)
    row = ["FT0001", "站", "华强北街道", f"{given.lng:.7f}", f"{given.lat:.7f}", "全天", "", ""]
    assert run("import", table(row), "--datum", "bd09").exit_code == 0
    station = stations(db_session)["FT0001"]
    assert distance_m(station.lat, station.lng, 22.547, 114.086) < 0.05
    assert (station.source_datum, station.source_lat) == (Datum.BD09, round(given.lat, 7))


def test_the_next_list_changes_what_it_names_and_leaves_the_rest(run: Run, table, db_session: Session) -> None:
    other = ["FT0002", *GOOD[1:]]
    run("import", table(GOOD, other), "--datum", "gcj02")
    broken = db_session.get(StationAmenity, (stations(db_session)["FT0001"].id, "S06"))
    broken.state = AmenityState.BROKEN
    db_session.commit()
    result = run("import", table(changed("服务", "S05、充电")), "--datum", "gcj02")
    assert "新的 0，已有的 1" in result.output
    after = stations(db_session)
    assert {one.code: one.state for one in after["FT0001"].amenities} == {
        "S05": AmenityState.OK,
        "S06": AmenityState.BROKEN,
    }
    assert [one.code for one in after["FT0002"].amenities] == ["S01", "S06"]


def test_a_place_can_be_closed_for_good_by_the_list(run: Run, table, client: FlaskClient) -> None:
    run("import", table([*GOOD, "停用"], headers=[*HEADERS, "状态"]), "--datum", "gcj02")
    assert client.get("/api/v1/stations").json["items"] == []


def test_excel_files_with_numbers_and_times_and_files_of_an_old_excel(
    run: Run, table, tmp_path: Path, db_session: Session
) -> None:
    book = Workbook()
    book.active.append(["站点编号", "站点名称", "街道编号", "lng", "lat", "24小时", "座位数", "最后确认", "备注"])
    book.active.append(["FT0001", "驿站", 440304011, 114.086, 22.547, "是", 12.0, date(2026, 3, 1), "随便"])
    path = tmp_path / "站点.xlsx"
    book.save(path)
    result = run("import", path, "--datum", "gcj02")
    assert result.exit_code == 0, result.output
    assert "没有用到的列：备注" in result.output
    station = stations(db_session)["FT0001"]
    assert (station.capacity, station.hours["sun"], station.street_code) == (12, ["00:00-24:00"], "440304011")
    assert station.confirmed_at == datetime(2026, 3, 1, 4, tzinfo=UTC)
    assert run("import", table(GOOD, encoding="gb18030"), "--datum", "gcj02").exit_code == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"a,b\n1,2\n", "编号,名称\n".encode()])
@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".txt"])
def test_files_that_are_no_lists_are_refused_in_one_sentence(
    run: Run, tmp_path: Path, content: bytes, ending: str
) -> None:
    path = tmp_path / f"站点{ending}"
    path.write_bytes(content)
    result = run("import", path, "--datum", "gcj02")
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)


def demo_points() -> list[tuple[str, Point]]:
    with DEMO.open(encoding="utf-8", newline="") as file:
        return [(row["街道编号"], Point(float(row["纬度"]), float(row["经度"]))) for row in csv.DictReader(file)]


@pytest.mark.parametrize("actual", list(Datum))
@pytest.mark.parametrize("said", list(Datum))
def test_a_list_in_another_datum_than_said_is_noticed(actual: Datum, said: Datum) -> None:
    given = [(code, convert(point, Datum.GCJ02, actual)) for code, point in demo_points()]
    assert likelier_datum(given, said=said) == (None if said is actual else actual)


def test_unconverted_points_leave_the_hull_of_our_own_places() -> None:
    """What a missing conversion looks like on the map: the district's edge is crossed."""
    ours = [point for code, point in demo_points() if code.startswith("440304")]
    hull = convex_hull(ours)
    assert all(inside(hull, point) for point in ours)
    raw = [convert(point, Datum.GCJ02, Datum.WGS84) for point in ours]
    assert sum(not inside(hull, point) for point in raw) >= 3
    assert all(inside(hull, convert(point, Datum.WGS84, Datum.GCJ02)) for point in raw)


def convex_hull(points: list[Point]) -> list[Point]:
    """Counter-clockwise, by Andrew's monotone chain."""

    def half(ordered: list[Point]) -> list[Point]:
        chain: list[Point] = []
        for point in ordered:
            while len(chain) > 1 and turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    ordered = sorted(set(points), key=lambda point: (point.lng, point.lat))
    return half(ordered) + half(ordered[::-1])


def turn(a: Point, b: Point, c: Point) -> float:
    return (b.lng - a.lng) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lng - a.lng)


def inside(hull: list[Point], point: Point) -> bool:
    return all(turn(a, b, point) >= -1e-12 for a, b in zip(hull, hull[1:] + hull[:1], strict=True))


def test_the_demo_list_is_complete_and_clean(run: Run, client: FlaskClient, db_session: Session) -> None:
    result = run("import", DEMO, "--datum", "gcj02")
    assert result.exit_code == 0, result.output
    places = stations(db_session)
    assert sum(one.kind is StationKind.POST for one in places.values()) == 225
    assert {one.kind for one in places.values()} == set(StationKind)
    assert sum(one.status is StationStatus.CLOSED_FOR_GOOD for one in places.values()) == 9
    assert all(one.name.endswith("·演示") for one in places.values())
    assert {one.street_code for one in places.values()} <= set(streets())


def test_other_hours_for_a_district_and_back(run: Run, table, client: FlaskClient, freeze) -> None:
    freeze(NOON)
    run("import", table(GOOD), "--datum", "gcj02")
    assert client.get("/api/v1/stations").json["items"][0]["open"]["state"] == "open"
    added = run("except", "440304", "--from", "2026-03-10", "--hours", "closed", "--reason", "台风停工")
    assert added.exit_code == 0, added.output
    shown = client.get("/api/v1/stations").json["items"][0]["open"]
    assert (shown["state"], shown["reason"]) == ("closed", "台风停工")
    number = run("exceptions").output.split()[0]
    assert run("unexcept", number).exit_code == 0
    assert client.get("/api/v1/stations").json["items"][0]["open"]["state"] == "open"


def test_other_hours_for_one_place(run: Run, table, client: FlaskClient, freeze) -> None:
    freeze(NOON)
    run("import", table(GOOD, ["FT0002", *GOOD[1:]]), "--datum", "gcj02")
    run("except", "ft0001", "--from", "2026-03-10", "--to", "2026-03-12", "--hours", "13:00-20:00", "--reason", "装修")
    states = {item["code"]: item["open"] for item in client.get("/api/v1/stations").json["items"]}
    assert (states["FT0001"]["state"], states["FT0001"]["opens_at"]) == ("closed", "2026-03-10T13:00:00+08:00")
    assert states["FT0002"]["state"] == "open"
    freeze(NOON + timedelta(hours=1))
    assert client.get("/api/v1/stations/FT0001").json["open"]["until"] == "2026-03-10T20:00:00+08:00"


@pytest.mark.parametrize(
    "arguments",
    [
        ("FT9999", "--from", "2026-03-10", "--hours", "closed", "--reason", "x"),
        ("440304", "--from", "2026-03-10", "--to", "2026-03-09", "--hours", "closed", "--reason", "x"),
        ("440304", "--from", "2026-03-10", "--hours", "9点", "--reason", "x"),
    ],
)
def test_other_hours_that_make_no_sense_are_refused(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("except", *arguments)
    assert result.exit_code == 1
    assert run("exceptions").output == ""


def test_only_who_has_the_stations_in_hand_changes_them_and_it_is_recorded(
    app: Flask, run: Run, table, db_session: Session
) -> None:
    def as_other(*arguments: str) -> int:
        return app.test_cli_runner().invoke(args=["stations", *arguments, "--by", "0043"]).exit_code

    make_staff("0043", "district_rights")
    run("import", table(GOOD), "--datum", "gcj02")
    run("except", "FT0001", "--from", "2036-03-10", "--hours", "closed", "--reason", "装修")
    number = run("exceptions").output.split()[0]
    assert as_other("import", str(table(changed("名称", "别的名字"))), "--datum", "gcj02") == 1
    assert as_other("except", "440304", "--from", "2036-03-10", "--hours", "closed", "--reason", "x") == 1
    assert as_other("unexcept", number) == 1
    assert run("exceptions").output.count("\n") == 1
    assert stations(db_session)["FT0001"].name == "华强北驿站"
    assert run("unexcept", number).exit_code == 0
    recorded = db_session.execute(sa.select(AuditEvent.actor, AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [tuple(row) for row in recorded] == [
        ("staff:0042", "station.import"),
        ("staff:0042", "station.except"),
        ("staff:0042", "station.unexcept"),
    ]


def test_a_row_in_another_street_or_from_there_is_refused_by_itself(
    app: Flask, table: Callable[..., Path], db_session: Session
) -> None:
    make_staff("0043", "street_worker", union=make_street("440304011"))
    make_street("440304001")
    make_staff("0042", "district_office")

    def run(file: Path, by: str) -> Result:
        return app.test_cli_runner().invoke(args=["stations", "import", str(file), "--datum", "gcj02", "--by", by])

    here, there = GOOD, [*("FT0002", "南园驿站", "南园街道", "114.09", "22.54"), *GOOD[5:]]
    assert run(table(here), "0043").exit_code == 0
    refused = run(table(here, there), "0043")
    assert (refused.exit_code, "第 3 行“街道”：这个街道不归你管" in refused.output) == (1, True)
    assert set(stations(db_session)) == {"FT0001"}
    assert run(table(there), "0042").exit_code == 0
    pulled = run(table(["FT0002", *here[1:]]), "0043")
    assert (pulled.exit_code, "“编号”：这个站点现在归别的街道管" in pulled.output) == (1, True)
    assert stations(db_session)["FT0002"].street_code == "440304001"

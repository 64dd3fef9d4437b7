"""Check one row and turn it into a draft of a place. Pure, but for the tables of config/."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any, TypeVar

from msgspec import Struct

from server.core.clock import SHANGHAI
from server.core.datum import Datum, Point, convert, distance_m, in_china
from server.stations.amenities import amenities
from server.stations.hours import ALL_DAY, weekly_to_json
from server.stations.hours_text import parse_closed_days, parse_weekly
from server.stations.imports.streets import districts, streets
from server.stations.imports.table import Column, Row
from server.stations.models import Entry, StationKind, StationStatus
from server.stations.policy import Policy
from server.stations.words import KIND_NAMES, metres_text

Meaning = TypeVar("Meaning")

MAX_TEXT = 200
ONE_DAY = timedelta(days=1)
_CODE = re.compile(r"[A-Z]{1,4}[0-9]{3,8}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]|[0-9]{3,8}")
_ENTRIES = {
    "开放": Entry.WALK_IN,
    "直接进": Entry.WALK_IN,
    "扫码或按钮开门": Entry.RING,
    "按铃": Entry.RING,
    "按钮开门": Entry.RING,
    "扫码": Entry.SCAN,
    "扫码开门": Entry.SCAN,
    "登记": Entry.REGISTER,
    "登记或扫码": Entry.REGISTER,
    "实名制门禁": Entry.MEMBERS_ONLY,
    "会员": Entry.MEMBERS_ONLY,
    "仅会员": Entry.MEMBERS_ONLY,
} | {entry.value: entry for entry in Entry}
_KINDS = {name: kind for kind, name in KIND_NAMES.items()} | {kind.value: kind for kind in StationKind}
_STATUSES = {
    **dict.fromkeys(("开放", "正常", "运营", "运营中", "open", "fault"), StationStatus.OPEN),
    **dict.fromkeys(("停用", "关闭", "已关闭", "撤销", "closed", "closed_for_good"), StationStatus.CLOSED_FOR_GOOD),
}
_YES = {"1", "是", "y", "yes", "true", "√"}
_NO = {"0", "否", "n", "no", "false"}


class Finding(Struct, frozen=True):
    """Something about a row. A warning does not keep it from being taken over."""

    row: int
    column: Column | None
    text: str
    warning: bool = False

    def __str__(self) -> str:
        where = f"第 {self.row} 行" + (f"“{self.column}”" if self.column else "")
        return f"{'注意' if self.warning else '不对'}：{where}：{self.text}"


class Draft(Struct, frozen=True):
    """A row as it would be stored: columns of `Station`, and the services it offers."""

    row: int
    values: dict[str, Any]
    services: tuple[str, ...]


class Checker:
    """Checks rows one by one and collects what is wrong with them.

    A method for each column returns the value to store; what cannot be read is noted and makes the row unusable.
    """

    def __init__(self, *, datum: Datum, now: datetime, numbers: Policy) -> None:
        self.findings: list[Finding] = []
        self._datum = datum
        self._now = now
        self._numbers = numbers
        self._seen: dict[str, int] = {}
        self._row = Row(0, {})

    def draft(self, row: Row) -> Draft | None:
        """The row as it would be stored, or None when something is wrong with it."""
        self._row = row
        before = self._wrong_so_far()
        street_code, district_code = self._area()
        given = self._position()
        stored = self._stored_position(given, street_code) if given else Point(0.0, 0.0)
        values = {
            "code": self._code(),
            "name": self._text(Column.NAME, required=True),
            "kind": self._one_of(Column.KIND, _KINDS, StationKind.POST),
            "address": self._text(Column.ADDRESS) or self._area_name(street_code),
            "district_code": district_code,
            "street_code": street_code,
            "community_code": self._community(street_code),
            "lat": stored.lat,
            "lng": stored.lng,
            "source_datum": self._datum,
            "source_lat": given.lat if given else None,
            "source_lng": given.lng if given else None,
            "entry": self._one_of(Column.ENTRY, _ENTRIES, Entry.WALK_IN),
            "hours": self._hours(),
            "closed_days": self._closed_days(),
            "duty_phone": self._phone(),
            "duty_hours": self._duty_hours(),
            "capacity": self._capacity(),
            "status": self._one_of(Column.STATUS, _STATUSES, StationStatus.OPEN),
            "confirmed_at": self._confirmed(),
        }
        services = self._services()
        return Draft(row.number, values, services) if self._wrong_so_far() == before else None

    def _wrong_so_far(self) -> int:
        return sum(not finding.warning for finding in self.findings)

    def _cell(self, column: Column) -> str:
        return self._row.cells.get(column, "")

    def _note(self, column: Column, text: str, *, warning: bool = False) -> None:
        self.findings.append(Finding(self._row.number, column, text, warning))

    def _text(self, column: Column, *, required: bool = False) -> str:
        cell = self._cell(column)
        if required and not cell:
            self._note(column, "不能空着")
        if len(cell) > MAX_TEXT or "\x00" in cell:
            self._note(column, f"最多 {MAX_TEXT} 个字")
        return cell

    def _one_of(self, column: Column, meanings: Mapping[str, Meaning], otherwise: Meaning) -> Meaning:
        cell = self._cell(column)
        if not cell:
            return otherwise
        found = meanings.get(cell.lower())
        if found is None:
            known = "、".join(name for name in meanings if not name.isascii())
            self._note(column, f"不认得“{cell}”，可以写：{known}")
            return otherwise
        return found

    def _code(self) -> str:
        code = self._cell(Column.CODE).upper()
        if not _CODE.fullmatch(code):
            self._note(Column.CODE, f"“{code}”不行，要是字母加数字，例如 FT0007")
        elif code in self._seen:
            self._note(Column.CODE, f"{code} 在第 {self._seen[code]} 行已经有了")
        else:
            self._seen[code] = self._row.number
        return code

    def _area(self) -> tuple[str | None, str]:
        """(street code or None, district code)."""
        street, district = self._cell(Column.STREET), self._cell(Column.DISTRICT)
        code = districts().get(district, district)
        if district and not re.fullmatch(r"\d{6}", code):
            self._note(Column.DISTRICT, f"不认得“{district}”，请写 6 位编号")
        if not street:
            if not district:
                self._note(Column.DISTRICT, "区和街道至少写一个")
            return None, code
        if not re.fullmatch(r"\d{9}", street):
            named = [one.code for one in streets().values() if one.name == street and one.code.startswith(code)]
            if not named:
                self._note(Column.STREET, f"不认得“{street}”，请写 9 位编号")
                return None, code
            street = named[0]
        if not street.startswith(code):
            self._note(Column.STREET, f"{street} 不在 {district} 里")
        return street, street[:6]

    def _area_name(self, street_code: str | None) -> str:
        street = streets().get(street_code or "")
        return f"{street.district_name}{street.name}" if street else ""

    def _community(self, street_code: str | None) -> str | None:
        cell = self._cell(Column.COMMUNITY)
        if cell and not (re.fullmatch(r"\d{12}", cell) and cell.startswith(street_code or "")):
            self._note(Column.COMMUNITY, "要是 12 位编号，开头和街道的一样")
        return cell or None

    def _position(self) -> Point | None:
        """As given, in the file's datum."""
        degrees = []
        for column in (Column.LAT, Column.LNG):
            try:
                degrees.append(float(self._cell(column)))
            except ValueError:
                self._note(column, "要是小数，例如 114.0596" if self._cell(column) else "不能空着")
        if len(degrees) < 2 or not all(map(isfinite, degrees)):
            return None
        given = Point(*degrees)
        if in_china(given):
            return given
        if in_china(Point(given.lng, given.lat)):
            self._note(Column.LAT, "经度和纬度写反了")
        else:
            self._note(Column.LAT, "这个位置不在中国")
        return None

    def _stored_position(self, given: Point, street_code: str | None) -> Point:
        converted = convert(given, self._datum, Datum.GCJ02)
        stored = Point(round(converted.lat, 7), round(converted.lng, 7))
        if not self._numbers.bounds.holds(stored.lat, stored.lng):
            self._note(Column.LNG, "这个位置不在深圳", warning=True)
        street = streets().get(street_code or "")
        if street is not None:
            away = distance_m(stored.lat, stored.lng, street.middle.lat, street.middle.lng)
            if away > self._numbers.street_tolerance_m:
                text = f"离{street.name}的中间有 {metres_text(away)}，请核对位置和坐标系"
                self._note(Column.LNG, text, warning=True)
        return stored

    def _hours(self) -> dict[str, list[str]]:
        all_day = self._cell(Column.ALL_DAY).lower()
        if all_day and all_day not in _YES | _NO:
            self._note(Column.ALL_DAY, f"不认得“{all_day}”，写“是”或“否”")
        cell = self._cell(Column.HOURS)
        if all_day in _YES and not cell:
            return weekly_to_json(((ALL_DAY,),) * 7)
        if not cell:
            self._note(Column.HOURS, "不能空着")
            return {}
        try:
            weekly, holiday = parse_weekly(cell)
        except ValueError as error:
            self._note(Column.HOURS, str(error))
            return {}
        if all_day in _YES and any(ALL_DAY not in spans for spans in weekly):
            self._note(Column.ALL_DAY, f"写了 24 小时，开放时间却是“{cell}”")
        return weekly_to_json(weekly, holiday)

    def _closed_days(self) -> list[str]:
        try:
            return sorted(parse_closed_days(self._cell(Column.CLOSED_DAYS)))
        except ValueError as error:
            self._note(Column.CLOSED_DAYS, str(error))
            return []

    def _phone(self) -> str | None:
        cell = self._cell(Column.DUTY_PHONE)
        if cell and not _PHONE.fullmatch(cell):
            self._note(Column.DUTY_PHONE, "不像电话号码")
        return cell or None

    def _duty_hours(self) -> dict[str, list[str]] | None:
        cell = self._cell(Column.DUTY_HOURS)
        if not cell:
            return None
        try:
            return weekly_to_json(*parse_weekly(cell))
        except ValueError as error:
            self._note(Column.DUTY_HOURS, str(error))
            return None

    def _capacity(self) -> int | None:
        cell = self._cell(Column.CAPACITY)
        if not cell:
            return None
        if not (cell.isascii() and cell.isdigit() and 0 < int(cell) < 10_000):
            self._note(Column.CAPACITY, "要是整数")
            return None
        return int(cell)

    def _confirmed(self) -> datetime:
        """A list that does not say when somebody looked was looked at when it is handed in."""
        cell = self._cell(Column.CONFIRMED)
        if not cell:
            return self._now
        try:
            day = date.fromisoformat(cell.replace("/", "-").replace(".", "-"))
        except ValueError:
            self._note(Column.CONFIRMED, "要写成 2026-03-01")
            return self._now
        confirmed = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
        if confirmed > self._now + ONE_DAY:
            self._note(Column.CONFIRMED, "这一天还没到")
        return min(confirmed, self._now)

    def _services(self) -> tuple[str, ...]:
        meanings = {name.casefold(): one.code for one in amenities().values() for name in (one.name, one.short)}
        found = []
        for part in re.split(r"[|、,，;；\s]+", self._cell(Column.SERVICES)):
            code = part.upper() if part.upper() in amenities() else meanings.get(part.casefold())
            if code:
                found.append(code)
            elif part:
                self._note(Column.SERVICES, f"不认得“{part}”，请写 S01 到 S30 的编号")
        return tuple(sorted(set(found)))

"""What a few typed words mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.search.rules import Findable, meaning, ranked

SERVICES = [
    Findable("grievance", "反映问题", ("投诉", "罚款"), "遇到难处、不公平的事，说给工会听。"),
    Findable("legal_aid", "请律师帮忙", ("工资", "欠钱"), "被欠钱、受伤、被辞退，工会请律师帮你。"),
]
AMENITIES = [
    Findable("S01", "热水", ("喝水", "水"), "饮用水（冷/热）"),
    Findable("S06", "充电", (), "手机充电/充电宝"),
    Findable("S09", "Wi-Fi", ("wifi",), "免费Wi-Fi"),
    Findable("S14", "电动车充电", (), "电动车充电"),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("律师", ["legal_aid"]),
        ("老板欠我工资", ["legal_aid"]),
        ("欠 钱", ["legal_aid"]),
        ("难处", ["grievance"]),
        ("工会", ["grievance", "legal_aid"]),
        ("罚款 工资 欠钱", ["legal_aid", "grievance"]),
        ("充电", []),
        ("律师 充电", []),
        ("  ", []),
    ],
)
def test_services_are_found_by_name_summary_and_everyday_words(query: str, found: list[str]) -> None:
    assert ranked(query, SERVICES) == found


@pytest.mark.parametrize(
    ("query", "named", "rest"),
    [
        ("充电", ("S06",), ()),
        ("电动车充电", ("S14",), ()),
        ("充电宝", ("S06",), ()),
        ("华强北 充电", ("S06",), ("华强北",)),
        ("附近有热水吗", ("S01",), ()),
        ("水", ("S01",), ()),
        ("ＷＩＦＩ", ("S09",), ()),
        ("免费", ("S09",), ()),
        ("水贝", (), ("水贝",)),
        ("热水 喝水", ("S01",), ()),
    ],
)
def test_words_that_name_an_amenity_are_told_from_the_others(
    query: str, named: tuple[str, ...], rest: tuple[str, ...]
) -> None:
    assert meaning(query, AMENITIES) == (named, rest)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_no_error(query: str) -> None:
    assert set(ranked(query, SERVICES)) <= {"grievance", "legal_aid"}
    assert set(meaning(query, AMENITIES).named) <= {"S01", "S06", "S09", "S14"}

"""Districts, streets, communities."""

from server.unions.areas import areas


def test_futian_and_longgang_have_the_streets_that_their_unions_serve() -> None:
    assert [street.name for street in areas().streets_of("440304")] == [
        *("南园街道", "园岭街道", "福田街道", "沙头街道", "香蜜湖街道"),
        *("梅林街道", "莲花街道", "华富街道", "福保街道", "华强北街道"),
    ]
    longgang = [street.name for street in areas().streets_of("440307")]
    assert len(longgang) == 11
    assert "大鹏街道" not in longgang


def test_every_code_lies_within_the_one_above_it() -> None:
    found = areas()
    assert all(street.district_code in found.districts for street in found.streets.values())
    assert all(code[:9] in found.streets for code in found.communities)


def test_a_street_knows_its_communities() -> None:
    futian = [area for street in areas().streets_of("440304") for area in areas().communities_of(street.code)]
    assert len(futian) >= 90

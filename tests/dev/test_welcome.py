"""What the terminal shows."""

import pytest

from dev.welcome import table, welcome


def test_columns_stand_under_one_another_also_in_chinese() -> None:
    assert table([["姓名", "级别"], ["ab", "L1"], ["测小蜂", "L2"]]) == [
        "  姓名    级别",
        "  ab      L1",
        "  测小蜂  L2",
    ]


def test_it_shows_how_to_sign_in_as_each_demo_person(capsys: pytest.CaptureFixture[str]) -> None:
    person = {"code": "demo-rider", "level": "L0", "name": "演示", "phone": None, "id_number": "-", "story": "骑手"}
    welcome(9000, standins={"wechat": 9100}, people=[person])
    shown = capsys.readouterr().out
    assert "http://127.0.0.1:9000" in shown
    assert "http://127.0.0.1:9100" in shown
    assert "demo-rider" in shown
    assert "None" not in shown


def test_without_demo_people_no_table_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    welcome(9000, standins={}, people=[])
    assert "演示用户" not in capsys.readouterr().out


def test_it_shows_how_to_sign_in_to_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    one = {"number": "A0001", "name": "沈思远"}
    staff = {
        "password": "secret-of-the-demo",
        "first": {"union": "GH4403", "system_admin": [one]},
        "others": [{"number": "S0001", "name": "覃小燕", "union": "GH4403", "roles": [["street_worker", "GH4403"]]}],
    }
    welcome(9000, standins={}, people=[], staff=staff)
    shown = capsys.readouterr().out
    assert "http://127.0.0.1:9000/console/" in shown
    assert "secret-of-the-demo" in shown
    assert "S0001        覃小燕     street_worker" in shown

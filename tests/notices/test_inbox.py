"""The inbox: each worker sees and reads only their own."""

import uuid

import pytest
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.db import transaction
from server.notices.models import Notice
from server.notices.service import notify
from server.notices.worded import in_a_row, worded
from tests.sign_in import Headers, SignIn

URL = "/api/v1/notices"


def write(to: Headers, title: str = "你的事项有新进展") -> None:
    notify(worker_id=to.worker_id, kind="case.replied", title=title, body=worded("请打开看。"), link="/cases/SQ1")


def test_a_worker_sees_only_their_own_messages_new_ones_first(client: FlaskClient, sign_in: SignIn) -> None:
    mine, other = sign_in(), sign_in()
    write(mine, "第一条")
    write(other, "别人的")
    write(mine, "第二条")
    items = client.get(URL, headers=mine).get_json()["items"]
    assert [item["title"] for item in items] == ["第二条", "第一条"]
    assert set(items[0]) == {"id", "kind", "title", "body", "words", "slots", "link", "at", "read"}
    assert items[0]["read"] is False
    assert items[0]["at"].endswith("+08:00")


def test_a_message_tells_its_words_and_what_fills_them_and_one_of_before_only_its_text(
    client: FlaskClient, sign_in: SignIn
) -> None:
    mine = sign_in()
    with transaction() as session:
        session.add(Notice(worker_id=mine.worker_id, kind="old", title="以前的", body="SQ1 {没有} 了", link="/me"))
    said = in_a_row(worded("{no} 已答复。", no="SQ1"), worded("原因：{reason}。", reason="写了{due}的"))
    notify(worker_id=mine.worker_id, kind="case.done", title="有结果了", body=said, link="/cases/SQ1")
    new, old = client.get(URL, headers=mine).get_json()["items"]
    assert new["body"] == "SQ1 已答复。原因：写了{due}的。"
    assert new["words"] == "{no} 已答复。原因：{reason}。"
    assert new["slots"] == {"no": "SQ1", "reason": "写了{due}的"}
    assert (old["body"], old["words"], old["slots"]) == ("SQ1 {没有} 了", "SQ1 {没有} 了", {})


def test_an_empty_inbox_is_an_empty_list(client: FlaskClient, sign_in: SignIn) -> None:
    assert client.get(URL, headers=sign_in(Level.L0)).get_json() == {"items": [], "next_cursor": None}


def test_a_guest_has_no_inbox(client: FlaskClient) -> None:
    assert client.get(URL).status_code == 401


def test_reading_marks_once_and_for_all(client: FlaskClient, sign_in: SignIn) -> None:
    mine = sign_in()
    write(mine)
    notice = client.get(URL, headers=mine).get_json()["items"][0]["id"]
    for _ in range(2):
        answer = client.post(f"{URL}/{notice}/read", headers=mine)
        assert (answer.status_code, answer.get_json()["read"]) == (200, True)
    assert client.get(URL, headers=mine).get_json()["items"][0]["read"] is True


def test_somebody_elses_message_does_not_exist_for_me(client: FlaskClient, sign_in: SignIn) -> None:
    mine, other = sign_in(), sign_in()
    write(other)
    notice = client.get(URL, headers=other).get_json()["items"][0]["id"]
    for wanted in (notice, str(uuid.uuid4())):
        assert client.post(f"{URL}/{wanted}/read", headers=mine).status_code == 404
    assert client.get(URL, headers=other).get_json()["items"][0]["read"] is False


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many"])
def test_a_limit_out_of_range_is_refused(client: FlaskClient, sign_in: SignIn, limit: str) -> None:
    answer = client.get(f"{URL}?limit={limit}", headers=sign_in())
    assert answer.status_code == 422
    assert "limit" in answer.get_json(force=True)["errors"]


def test_a_message_falls_with_its_cause(client: FlaskClient, sign_in: SignIn) -> None:
    mine = sign_in()

    def cause() -> None:
        with transaction():
            write(mine)
            raise RuntimeError("the cause fails")

    with pytest.raises(RuntimeError):
        cause()
    assert client.get(URL, headers=mine).get_json()["items"] == []


def test_a_page_of_the_inbox_is_one_query(client: FlaskClient, sign_in: SignIn, count_queries: list[str]) -> None:
    mine = sign_in()
    for _ in range(5):
        write(mine)
    client.get(URL, headers=mine)
    count_queries.clear()
    client.get(URL, headers=mine)
    assert len(count_queries) == 1

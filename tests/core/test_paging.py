"""Keyset paging."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from server.core.db import new_id
from server.core.errors import Problem
from server.core.web.paging import open_cursor, seal_cursor
from server.notices.service import inbox, notify
from server.notices.worded import worded

WORKER = uuid.UUID(int=7)


def test_every_item_once_also_when_times_are_equal(app: Flask, freeze: Callable[[datetime], None]) -> None:
    for minute in (0, 0, 0, 1, 1, 2, 3):
        freeze(datetime(2026, 3, 1, 9, minute, tzinfo=UTC))
        notify(worker_id=WORKER, kind="test", title="t", body=worded("b"), link="/")
    notify(worker_id=new_id(), kind="test", title="somebody else's", body=worded("b"), link="/")
    seen, cursor, pages = [], None, 0
    while True:
        page = inbox(worker_id=WORKER, cursor=cursor, limit=2)
        seen += page.items
        cursor, pages = page.next_cursor, pages + 1
        if cursor is None:
            break
    assert pages == 4
    assert len({notice.id for notice in seen}) == 7
    assert [notice.created_at for notice in seen] == sorted((notice.created_at for notice in seen), reverse=True)


def test_a_new_item_does_not_shift_the_next_page(app: Flask) -> None:
    for _ in range(4):
        notify(worker_id=WORKER, kind="test", title="t", body=worded("b"), link="/")
    first = inbox(worker_id=WORKER, cursor=None, limit=2)
    notify(worker_id=WORKER, kind="test", title="new", body=worded("b"), link="/")
    second = inbox(worker_id=WORKER, cursor=first.next_cursor, limit=2)
    assert not {notice.id for notice in first.items} & {notice.id for notice in second.items}
    assert second.next_cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "é", "A" * 500])
def test_an_invented_cursor_is_refused(app: Flask, cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        inbox(worker_id=WORKER, cursor=cursor, limit=2)
    assert refused.value.status == 422


def test_a_cursor_of_another_list_is_refused(app: Flask) -> None:
    with pytest.raises(Problem):
        open_cursor(seal_cursor([1], scope="stations"), scope="notices")


def test_a_cursor_of_another_worker_is_refused(app: Flask) -> None:
    for _ in range(2):
        notify(worker_id=WORKER, kind="test", title="t", body=worded("b"), link="/")
    cursor = inbox(worker_id=WORKER, cursor=None, limit=1).next_cursor
    with pytest.raises(Problem) as refused:
        inbox(worker_id=new_id(), cursor=cursor, limit=1)
    assert refused.value.status == 422


@given(
    values=st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**53), 2**53), st.floats(-1e9, 1e9)
        ),
        max_size=4,
    )
)
@profile(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_sealed_cursor_opens_to_its_values(app: Flask, values: list[object]) -> None:
    assert open_cursor(seal_cursor(values, scope="s"), scope="s") == values

"""Chinese text search by characters and bigrams."""

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.db import db
from server.core.search import matches, search_tokens, search_vector

TEXT = "莲花北社区暖蜂驿站 24小时 ＷｉＦｉ It's"


def found(query: str) -> bool:
    return bool(db.session.scalar(sa.select(matches(search_vector(TEXT), query))))


@pytest.mark.parametrize("query", ["驿站", "莲花北", "站", "24小时", "wifi", "暖蜂 莲花", "it's", "蜂", "' | '驿站"])
def test_found(app: Flask, query: str) -> None:
    assert found(query)


@pytest.mark.parametrize("query", ["莲北", "驿蜂", "南山", "", "  ", "!&|", "\\"])
def test_not_found_and_never_an_error(app: Flask, query: str) -> None:
    assert not found(query)


def test_tokens_are_characters_and_pairs() -> None:
    assert search_tokens("暖蜂站") == sorted(["暖", "蜂", "站", "暖蜂", "蜂站"])

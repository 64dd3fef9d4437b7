"""How much one sender may send."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from server.app import create_app
from server.cases.files.content import MEGABYTE
from server.cases.files.models import Attachment
from server.cases.files.quotas import OF_A_CASE, OF_A_DAY, OF_AN_ADDRESS, UNUSED, take_of_guest
from server.cases.files.service import claim_attachments
from server.core.db import new_id
from server.core.errors import Problem
from server.core.redis import redis_client
from server.core.settings import Settings
from tests.cases.files.conftest import Upload, jpeg
from tests.cases.files.test_claim import item
from tests.sign_in import Headers

MORNING = datetime(2026, 3, 9, 1, tzinfo=UTC)
BEFORE_MIDNIGHT = datetime(2026, 3, 9, 15, 59, 50, tzinfo=UTC)
"""In Shanghai, by ten seconds."""


def sent_before(session: Session, sender: Headers, *, files: int, size: int = 1, claimed: bool = False) -> None:
    """Files that somebody sent this morning."""
    for _ in range(files):
        session.add(
            Attachment(
                owner_worker_id=sender.worker_id,
                case_id=new_id() if claimed else None,
                claimed_at=MORNING if claimed else None,
                sha256="",
                size=size,
                media_type="image/png",
                storage_key=secrets.token_hex(16),
                created_at=MORNING,
            )
        )
    session.commit()


def test_an_answer_says_what_can_still_be_sent_today(
    upload: Upload, one: Headers, freeze: Callable[[datetime], None]
) -> None:
    freeze(MORNING)
    first = upload(jpeg(), headers=one).get_json()
    assert first["left"] == {"files": OF_A_DAY.files - 1, "bytes": OF_A_DAY.bytes - first["size"]}
    second = upload(jpeg(), headers=one).get_json()
    assert second["left"]["files"] == OF_A_DAY.files - 2


@pytest.mark.parametrize(("files", "size"), [(OF_A_DAY.files, 1), (2, OF_A_DAY.bytes // 2)])
def test_so_much_a_day(
    upload: Upload,
    one: Headers,
    another: Headers,
    db_session: Session,
    freeze: Callable[[datetime], None],
    files: int,
    size: int,
) -> None:
    freeze(BEFORE_MIDNIGHT)
    sent_before(db_session, one, files=files, size=size, claimed=True)
    refused = upload(jpeg(), headers=one)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert "60 个、共 200 MB" in refused.get_json()["title"]
    assert "明天" in refused.get_json()["title"]
    assert upload(jpeg(), headers=another).status_code == 201
    freeze(BEFORE_MIDNIGHT + timedelta(seconds=11))
    assert upload(jpeg(), headers=one).status_code == 201


@pytest.mark.parametrize(("files", "size"), [(UNUSED.files, 1), (2, UNUSED.bytes // 2)])
def test_so_much_that_is_handed_in_with_nothing(
    upload: Upload, one: Headers, db_session: Session, freeze: Callable[[datetime], None], files: int, size: int
) -> None:
    freeze(MORNING + timedelta(hours=1))
    sent_before(db_session, one, files=files, size=size)
    refused = upload(jpeg(), headers=one)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(23 * 3600))
    assert "请先提交" in refused.get_json()["title"]
    mine = {"id": db_session.query(Attachment.id).first()[0]}  # type: ignore[index]  # there are some
    claim_attachments(case_id=new_id(), items=[mine], worker_id=one.worker_id)
    assert upload(jpeg(), headers=one).status_code == 201


def test_a_case_takes_so_many_bytes_and_says_how_many_are_left(
    upload: Upload, one: Headers, db_session: Session, freeze: Callable[[datetime], None]
) -> None:
    freeze(MORNING + timedelta(minutes=1))
    case_id = new_id()
    sent_before(db_session, one, files=1, size=OF_A_CASE.bytes - 1)
    full = {"id": db_session.query(Attachment.id).one()[0]}
    claim_attachments(case_id=case_id, items=[full], worker_id=one.worker_id)
    with pytest.raises(Problem) as refused:
        claim_attachments(case_id=case_id, items=[item(upload(jpeg()))], worker_id=one.worker_id)
    assert refused.value.status == 422
    assert "这件还能加 59 个、共 0 MB" in (refused.value.errors or {})["attachments"][0]


@pytest.fixture
def limited(app: Flask, environment: dict[str, str]) -> Iterator[Flask]:
    """The service with its limits on and nothing counted."""
    application = create_app(Settings.from_env(environment | {"RATE_LIMITS": "on"}))
    with application.app_context():
        redis_client().flushdb()
        yield application
        redis_client().flushdb()


def test_guests_of_one_address_send_so_much_a_day_and_hear_what_to_do(limited: Flask) -> None:
    with limited.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.9"}):
        left = take_of_guest(MEGABYTE // 2)
        assert (left.files, left.bytes) == (OF_AN_ADDRESS.files - 1, OF_AN_ADDRESS.bytes - MEGABYTE)
        for _ in range(19):
            left = take_of_guest(20 * MEGABYTE)
        with pytest.raises(Problem) as refused:
            take_of_guest(20 * MEGABYTE)
    assert refused.value.status == 429
    assert "登录后再传" in refused.value.title
    assert int(refused.value.headers["Retry-After"]) > 0
    with limited.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.10"}):
        take_of_guest(20 * MEGABYTE)


def test_nothing_that_is_counted_names_an_address(limited: Flask) -> None:
    with limited.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.9"}):
        take_of_guest(MEGABYTE)
    assert [key for key in redis_client().scan_iter() if b"203.0.113" in key] == []
    assert redis_client().dbsize() > 0


def test_guests_may_send_while_nothing_can_be_counted(limited: Flask, environment: dict[str, str]) -> None:
    away = create_app(Settings.from_env(environment | {"RATE_LIMITS": "on", "REDIS_URL": "redis://127.0.0.1:1/0"}))
    with away.test_request_context():
        assert take_of_guest(MEGABYTE).files == OF_AN_ADDRESS.files
    # There is one limiter; leave it counting where others look.
    create_app(Settings.from_env(environment | {"RATE_LIMITS": "on"}))

"""A case claims attachments, each once; what nobody claims vanishes."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from server.cases.files.models import Attachment
from server.cases.files.quotas import OF_A_CASE
from server.cases.files.service import attachments_of, claim_attachments
from server.cases.files.tasks import forget_unclaimed_attachments, sweep_orphan_files
from server.cases.schemas.acts import MessageSchema
from server.core.db import db, new_id
from server.core.errors import Problem
from server.core.storage import storage
from tests.cases.files.conftest import Upload, jpeg
from tests.sign_in import Headers


def item(answer: Any) -> dict[str, Any]:
    """What a body of `cases` says of an upload."""
    body = answer.get_json()
    return {"id": uuid.UUID(body["id"])} | ({"claim": body["claim"]} if "claim" in body else {})


def refusal(items: list[dict[str, Any]], *, worker_id: uuid.UUID | None = None) -> dict[str, Any]:
    with pytest.raises(Problem) as refused:
        claim_attachments(case_id=new_id(), items=items, worker_id=worker_id)
    assert refused.value.status == 422
    assert refused.value.errors is not None
    return dict(refused.value.errors)


def test_the_secret_claims_for_an_anonymous_case(upload: Upload) -> None:
    case_id, message_id = new_id(), new_id()
    claim_attachments(case_id=case_id, items=[item(upload(jpeg()))], worker_id=None, message_id=message_id)
    (found,) = attachments_of(case_id=case_id)
    assert (found.message_id, found.claim_hash, found.owner_worker_id) == (message_id, None, None)


def test_a_worker_claims_what_is_theirs_and_what_they_sent_before_signing_in(upload: Upload, one: Headers) -> None:
    case_id = new_id()
    mine, before = item(upload(jpeg(), headers=one)), item(upload(jpeg()))
    claim_attachments(case_id=case_id, items=[mine, before], worker_id=one.worker_id)
    assert {found.id for found in attachments_of(case_id=case_id)} == {mine["id"], before["id"]}


def test_nothing_to_claim_is_fine(app: Flask) -> None:
    assert claim_attachments(case_id=new_id(), items=[], worker_id=None) == []


def test_whatever_is_wrong_with_an_item_is_said_alike_and_at_its_place(
    upload: Upload, one: Headers, another: Headers
) -> None:
    good, secret, foreign = item(upload(jpeg())), item(upload(jpeg())), item(upload(jpeg(), headers=another))
    used = item(upload(jpeg()))
    claim_attachments(case_id=new_id(), items=[used], worker_id=None)
    errors = refusal(
        [good, secret | {"claim": "guessed"}, {"id": secret["id"]}, foreign, used, {"id": new_id(), "claim": "x"}],
        worker_id=one.worker_id,
    )
    assert set(errors) == {f"attachments.{place}.id" for place in (1, 2, 3, 4, 5)}
    assert len({tuple(sentences) for sentences in errors.values()}) == 1


def test_a_refused_claim_takes_nothing(upload: Upload, db_session: Session) -> None:
    good = item(upload(jpeg()))
    refusal([good, {"id": new_id()}])
    assert db_session.get_one(Attachment, good["id"]).case_id is None
    claim_attachments(case_id=new_id(), items=[good], worker_id=None)


def test_an_anonymous_case_never_takes_what_somebody_sent_by_name(upload: Upload, one: Headers) -> None:
    assert set(refusal([item(upload(jpeg(), headers=one))])) == {"attachments.0.id"}


def test_the_same_file_twice_in_one_submission_is_refused(upload: Upload) -> None:
    sent = item(upload(jpeg()))
    assert set(refusal([sent, sent])) == {"attachments.1.id"}


def test_one_submission_takes_thirty_and_one_message_nine(upload: Upload) -> None:
    sent = [item(upload(jpeg())) for _ in range(31)]
    assert set(refusal(sent)) == {"attachments"}
    assert len(claim_attachments(case_id=new_id(), items=sent[:30], worker_id=None)) == 30
    with pytest.raises(ValidationError, match="最多 9 个"):
        MessageSchema().load({"text": "看照片", "attachments": [{"id": str(new_id())}] * 10})


def test_a_case_has_an_end_to_its_files(upload: Upload, db_session: Session) -> None:
    case_id = new_id()
    for number in range(OF_A_CASE.files):
        db_session.add(
            Attachment(
                case_id=case_id,
                claimed_at=datetime(2026, 3, 9, tzinfo=UTC),
                sha256="",
                size=1,
                media_type="image/png",
                storage_key=f"{number:032x}",
            )
        )
    db_session.commit()
    with pytest.raises(Problem, match="422"):
        claim_attachments(case_id=case_id, items=[item(upload(jpeg()))], worker_id=None)


def test_of_two_cases_that_claim_at_the_same_moment_one_gets_the_file(app: Flask, upload: Upload) -> None:
    sent = item(upload(jpeg()))
    outcomes: list[str] = []
    gate = threading.Barrier(4)

    def claim() -> None:
        with app.app_context():
            gate.wait()
            try:
                claim_attachments(case_id=new_id(), items=[sent], worker_id=None)
                outcomes.append("claimed")
            except Problem:
                outcomes.append("refused")

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["claimed", "refused", "refused", "refused"]


def test_after_a_day_an_upload_can_no_longer_be_claimed(upload: Upload, freeze: Callable[[datetime], None]) -> None:
    begin = datetime(2026, 3, 9, 1, tzinfo=UTC)
    freeze(begin)
    sent = item(upload(jpeg()))
    freeze(begin + timedelta(hours=24, seconds=1))
    assert set(refusal([sent])) == {"attachments.0.id"}


def stored_files() -> set[str]:
    return set(storage().keys_older_than(datetime.max.replace(tzinfo=UTC)))


@pytest.fixture
def no_files(app: Flask) -> None:
    for key in stored_files():
        storage().delete(key)


def test_what_nobody_claimed_vanishes_after_a_day_with_its_file(
    no_files: None, upload: Upload, one: Headers, db_session: Session, freeze: Callable[[datetime], None]
) -> None:
    begin = datetime.now(UTC)
    freeze(begin)
    claimed, loose = item(upload(jpeg())), item(upload(jpeg(), headers=one))
    claim_attachments(case_id=new_id(), items=[claimed], worker_id=None)
    freeze(begin + timedelta(hours=23, minutes=59))
    forget_unclaimed_attachments()
    assert db_session.get(Attachment, loose["id"]) is not None
    assert len(stored_files()) == 2
    freeze(begin + timedelta(hours=24, minutes=1))
    forget_unclaimed_attachments()
    assert db_session.scalars(sa.select(Attachment.id)).all() == [claimed["id"]]
    assert stored_files() == {db_session.get_one(Attachment, claimed["id"]).storage_key}


def test_files_that_never_got_a_row_vanish_too(
    no_files: None, upload: Upload, freeze: Callable[[datetime], None]
) -> None:
    claim_attachments(case_id=new_id(), items=[item(upload(jpeg()))], worker_id=None)
    (kept,) = stored_files()
    orphan = storage().put(b"its transaction was rolled back")
    sweep_orphan_files()
    assert stored_files() == {kept, orphan}
    freeze(datetime.now(UTC) + timedelta(hours=25))
    sweep_orphan_files()
    assert stored_files() == {kept}


def test_what_is_being_claimed_is_not_forgotten_meanwhile(
    app: Flask, upload: Upload, freeze: Callable[[datetime], None]
) -> None:
    sent = item(upload(jpeg()))
    with db.engine.begin() as claiming:
        claiming.execute(sa.select(Attachment).where(Attachment.id == sent["id"]).with_for_update())
        freeze(datetime.now(UTC) + timedelta(hours=25))
        forget_unclaimed_attachments()
    assert db.session.get(Attachment, sent["id"]) is not None

"""Files in a bucket: against a real store, also when it is slow, full, or gone."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import requests
from flask import Flask

from server.core.algorithms import CipherAlgorithm
from server.core.crypto import Cipher, DecryptionError
from server.core.errors import Problem
from server.core.keys import Key
from server.core.outside import Breaker, OutsideUnavailable, Timeouts
from server.core.storage import Storage
from server.core.storage.bucket import Bucket
from tests.seaweed import REGION, Gate, Mode, Seaweed

pytestmark = pytest.mark.xdist_group("seaweed")

OLD, NEW = (Key(CipherAlgorithm.AES_256_GCM, bytes([number]) * 32) for number in (1, 2))
CIPHER = Cipher({"old": OLD})
TIMEOUTS = Timeouts(connect=1, read=1)


@pytest.fixture
def bucket(seaweed: Seaweed, gate: Gate) -> Bucket:
    return bucket_of(seaweed, gate)


@pytest.fixture
def files(bucket: Bucket) -> Storage:
    made = Storage(bucket, CIPHER)
    for key in list(made.all_keys()):
        made.delete(key)
    return made


def bucket_of(seaweed: Seaweed, gate: Gate, *, key_id: str | None = None, secret: str | None = None) -> Bucket:
    return Bucket(
        url=seaweed.url(gate.port),
        region=REGION,
        key_id=key_id or seaweed.key_id,
        secret=secret or seaweed.secret,
        timeouts=TIMEOUTS,
        breaker=Breaker("object storage", failures=3, rest=0.5),
    )


def refusal_of(files: Storage) -> Problem:
    with pytest.raises(Problem) as refused:
        files.put(b"evidence")
    return refused.value


def test_what_was_stored_can_be_read_again_and_is_gone_once_deleted(files: Storage) -> None:
    content = bytes(range(256)) * 4096
    key = files.put(content)
    with files.open(key) as file:
        assert file.read() == content
    assert files.has(key)
    for _ in range(2):
        files.delete(key)
    assert not files.has(key)
    with pytest.raises(Problem, match="503"):
        files.open(key)


def test_in_the_store_it_is_a_ciphertext_under_a_name_that_says_nothing(files: Storage, seaweed: Seaweed) -> None:
    key = files.put(b"evidence")
    lying = requests.get(f"{seaweed.url()}/files/{key[:2]}/{key}", auth=seaweed.sign(), timeout=5)
    assert lying.status_code == 200
    assert b"evidence" not in lying.content
    assert requests.get(lying.url, timeout=5).status_code == 403, "only who has the store's key"


def test_files_get_a_new_key(files: Storage, bucket: Bucket) -> None:
    key = files.put(b"evidence")
    both = Storage(bucket, Cipher({"new": NEW, "old": OLD}))
    assert [both.renew(one) for one in both.all_keys()] == [True]
    assert [both.renew(one) for one in both.all_keys()] == [False]
    with Storage(bucket, Cipher({"new": NEW})).open(key) as file:
        assert file.read() == b"evidence"
    with pytest.raises(DecryptionError):
        files.renew(key)
    assert not files.renew("0" * 32), "one that is gone"


def test_all_files_are_found_over_several_pages_and_young_ones_left(files: Storage, bucket: Bucket) -> None:
    keys = {files.put(b"x") for _ in range(5)}
    original = bucket._ask

    def in_small_pages(method: str, name: str, **kwargs: object) -> requests.Response:
        if isinstance(query := kwargs.get("params"), dict):
            kwargs["params"] = query | {"max-keys": "2"}
        return original(method, name, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    bucket._ask = in_small_pages  # type: ignore[method-assign,assignment]  # the store's own page has a thousand
    assert set(files.all_keys()) == keys
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    assert set(files.keys_older_than(in_an_hour)) == keys
    assert list(files.keys_older_than(in_an_hour - timedelta(hours=2))) == []


@pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.CUT, Mode.SILENT, Mode.FULL])
def test_a_store_that_does_not_take_a_file_is_said_in_time_and_has_nothing_of_it(
    files: Storage, gate: Gate, seaweed: Seaweed, mode: Mode
) -> None:
    kept = files.put(b"earlier")
    gate.turn(mode)
    broken = Storage(bucket_of(seaweed, gate), CIPHER)
    begun = time.monotonic()
    refused = refusal_of(broken)
    assert time.monotonic() - begun < TIMEOUTS.longest + 1
    assert (refused.status, refused.headers["Retry-After"]) == (503, "60")
    assert "这个文件没有存下，之前存好的都还在" in refused.title
    gate.turn(Mode.PASS)
    assert list(files.all_keys()) == [kept]


@pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.SILENT])
def test_a_file_that_cannot_be_read_now_is_said_to_be_there_still(
    files: Storage, gate: Gate, seaweed: Seaweed, mode: Mode
) -> None:
    key = files.put(b"evidence")
    gate.turn(mode)
    with pytest.raises(Problem) as refused:
        Storage(bucket_of(seaweed, gate), CIPHER).open(key)
    assert refused.value.status == 503
    assert "它还在" in refused.value.title


def test_a_store_that_is_down_is_left_alone_for_a_while_and_asked_again(files: Storage, gate: Gate) -> None:
    gate.turn(Mode.FULL)
    for _ in range(3):
        refusal_of(files)
    asked = gate.connections
    refusal_of(files)
    assert gate.connections == asked, "it rests"
    gate.turn(Mode.PASS)
    until = time.monotonic() + 10
    while gate.connections == asked and time.monotonic() < until:
        try:
            files.put(b"evidence")
        except Problem:
            time.sleep(0.05)
    assert len(list(files.all_keys())) == 1


def test_keys_that_the_store_does_not_take_are_no_success(files: Storage, gate: Gate, seaweed: Seaweed) -> None:
    for wrong in (bucket_of(seaweed, gate, secret="wrong"), bucket_of(seaweed, gate, key_id=seaweed.reader)):
        assert refusal_of(Storage(wrong, CIPHER)).status == 503
    assert list(files.all_keys()) == []


def test_the_log_says_why_and_gives_nothing_away(
    app: Flask, files: Storage, gate: Gate, seaweed: Seaweed, caplog: pytest.LogCaptureFixture
) -> None:
    gate.turn(Mode.FULL)
    refusal_of(Storage(bucket_of(seaweed, gate, key_id=seaweed.reader), CIPHER))
    gate.turn(Mode.PASS)
    refusal_of(Storage(bucket_of(seaweed, gate, key_id=seaweed.reader), CIPHER))
    assert "AccessDenied" in caplog.text
    for secret in (seaweed.secret, seaweed.reader, "Signature="):
        assert secret not in caplog.text


def test_status_says_when_it_cannot_be_used(bucket: Bucket, gate: Gate, seaweed: Seaweed) -> None:
    assert bucket.warning() is None
    gate.turn(Mode.REFUSE)
    assert "object storage cannot be used" in str(bucket_of(seaweed, gate).warning())


def test_a_store_that_is_gone_is_an_outside_system_that_is_down(seaweed: Seaweed, gate: Gate) -> None:
    gate.close()
    with pytest.raises(OutsideUnavailable):
        bucket_of(seaweed, gate).has("0" * 32)


def test_only_keys_name_files(files: Storage) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        files.open("../other-bucket/secret")

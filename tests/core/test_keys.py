"""Rings, and keys that a KMS wrapped."""

import base64
from collections.abc import Iterator

import pytest
from flask import Flask

from dev.standins.kms import wrap
from server.app import create_app
from server.core.algorithms import CipherAlgorithm, MacAlgorithm
from server.core.crypto import cipher, keyed_hmac
from server.core.keys import Key, KeysUnavailable, KmsKeys, read_ring
from server.core.outside import Retry, Timeouts
from server.core.settings import Settings, SettingsError
from tests.standins import StandIn, running

KEY, SHORT = bytes(range(32)), bytes(range(16))
TOKEN = "a-kms-token-that-no-log-may-hold"
MASTER = "union"


def written(material: bytes) -> str:
    return base64.b64encode(material).decode()


def test_the_old_form_of_a_ring_is_still_read() -> None:
    ring = read_ring(f"k2:{written(KEY)}, k1:{written(KEY)}", CipherAlgorithm.AES_256_GCM)
    assert list(ring) == ["k2", "k1"]
    assert ring["k1"] == Key(CipherAlgorithm.AES_256_GCM, KEY)


def test_a_key_says_its_algorithm() -> None:
    ring = read_ring(f"k2:sm4gcm:{written(SHORT)},k1:aes256gcm:{written(KEY)}", CipherAlgorithm.AES_256_GCM)
    assert [key.algorithm for key in ring.values()] == [CipherAlgorithm.SM4_GCM, CipherAlgorithm.AES_256_GCM]
    macs = read_ring(f"h:sm3:{written(KEY)}", MacAlgorithm.HMAC_SHA256)
    assert macs["h"].algorithm is MacAlgorithm.HMAC_SM3


def test_the_service_works_with_chinese_algorithms(environment: dict[str, str]) -> None:
    chosen = {"FIELD_KEYS": f"k1:sm4gcm:{written(SHORT)}", "HMAC_KEYS": f"h1:sm3:{written(KEY)}"}
    with create_app(Settings.from_env(environment | chosen)).app_context():
        assert cipher().decrypt(cipher().encrypt(b"x", context=b"c"), context=b"c") == b"x"
        assert keyed_hmac("x", purpose="p").startswith(b"h1:")


@pytest.fixture(scope="module")
def kms_process() -> Iterator[StandIn]:
    with running("kms", environment={"KMS_TOKEN": TOKEN}) as started:
        yield started


@pytest.fixture
def kms(kms_process: StandIn) -> StandIn:
    kms_process.begin()
    return kms_process


@pytest.fixture
def wrapped(environment: dict[str, str], kms: StandIn) -> dict[str, str]:
    """Settings whose keys are wrapped."""
    return environment | {
        "KMS_BASE": kms.base_url,
        "KMS_TOKEN": TOKEN,
        "KMS_MASTER_KEY": MASTER,
        "OUTSIDE_READ_SECONDS": "1",
        "FIELD_KEYS": f"k1:{written(wrap(MASTER, 'warmbee:k1', KEY))}",
        "HMAC_KEYS": f"h1:sm3:{written(wrap(MASTER, 'warmbee:h1', KEY))}",
    }


def plain_app(environment: dict[str, str]) -> Flask:
    keys = {"FIELD_KEYS": f"k1:{written(KEY)}", "HMAC_KEYS": f"h1:sm3:{written(KEY)}"}
    return create_app(Settings.from_env(environment | keys))


def test_wrapped_keys_are_the_keys_that_were_wrapped(wrapped: dict[str, str], environment: dict[str, str]) -> None:
    with create_app(Settings.from_env(wrapped)).app_context():
        stored, digest = cipher().encrypt(b"x", context=b"c"), keyed_hmac("x", purpose="p")
    with plain_app(environment).app_context():
        assert cipher().decrypt(stored, context=b"c") == b"x"
        assert keyed_hmac("x", purpose="p") == digest


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"status": 500}, "server error"),
        ({"delay_ms": 3000}, "no answer in time"),
        ({"status": 200, "body": "hello"}, "answer not understood"),
        ({"status": 200, "body": {"key": "%%%"}}, "answer not understood"),
        ({"status": 200, "body": {"key": "AAAA"}}, "of another length"),
        ({"errcode": "forbidden"}, "refused with 403"),
    ],
)
def test_without_its_keys_the_service_does_not_start(
    wrapped: dict[str, str], kms: StandIn, fault: dict[str, object], says: str
) -> None:
    kms.fault("/v1/unwrap", **fault)
    with pytest.raises(KeysUnavailable, match=says) as refused:
        create_app(Settings.from_env(wrapped))
    assert wrapped["FIELD_KEYS"].partition(":")[2] not in str(refused.value)
    assert TOKEN not in str(refused.value)


def test_a_kms_that_is_gone_stops_the_start(wrapped: dict[str, str]) -> None:
    with pytest.raises(KeysUnavailable, match="no connection"):
        create_app(Settings.from_env(wrapped | {"KMS_BASE": "http://127.0.0.1:1"}))


def test_a_hiccup_of_the_kms_is_outlasted(wrapped: dict[str, str], kms: StandIn) -> None:
    kms.fault("/v1/unwrap", status=503, times=2)
    create_app(Settings.from_env(wrapped))
    assert len(kms.calls("/v1/unwrap")) == 4, "two tries in vain, then one for each ring"


def test_the_kms_is_not_asked_for_ever(kms: StandIn) -> None:
    kms.fault("/v1/unwrap", status=503)
    keys = KmsKeys(base=kms.base_url, token=TOKEN, master_key=MASTER, timeouts=Timeouts(), retry=Retry(pause=0.01))
    with pytest.raises(KeysUnavailable):
        keys.unwrap("k1", b"wrapped")
    assert len(kms.calls("/v1/unwrap")) == 3


def test_a_key_wrapped_for_another_id_is_refused(wrapped: dict[str, str]) -> None:
    moved = {"FIELD_KEYS": f"k2:{wrapped['FIELD_KEYS'].partition(':')[2]}"}
    with pytest.raises(KeysUnavailable, match="refused with 422"):
        create_app(Settings.from_env(wrapped | moved))


def test_production_asks_the_kms_by_https_only(wrapped: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="KMS_BASE must be an https address"):
        Settings.from_env(wrapped | {"ENVIRONMENT": "production"})

"""Field encryption and keyed digests."""

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from server.core.algorithms import CipherAlgorithm, MacAlgorithm
from server.core.crypto import Cipher, DecryptionError, KeyedHmac
from server.core.db import db, new_id
from server.core.keys import Key
from server.notices.models import Notice
from server.notices.service import notify
from server.notices.worded import worded

OLD, NEW = Key(CipherAlgorithm.AES_256_GCM, bytes(32)), Key(CipherAlgorithm.AES_256_GCM, bytes(range(32)))
SM4 = Key(CipherAlgorithm.SM4_GCM, bytes(range(16)))
SHA, SM3 = Key(MacAlgorithm.HMAC_SHA256, bytes(32)), Key(MacAlgorithm.HMAC_SM3, bytes(32))

each_cipher = pytest.mark.parametrize("key", [NEW, SM4], ids=["aes", "sm4"])


@each_cipher
@given(plain=st.binary(max_size=300), context=st.binary(max_size=30))
def test_what_is_encrypted_opens_again(key: Key[CipherAlgorithm], plain: bytes, context: bytes) -> None:
    ring = Cipher({"k1": key})
    assert ring.decrypt(ring.encrypt(plain, context=context), context=context) == plain


def test_after_a_new_key_old_ciphertexts_still_open() -> None:
    stored = Cipher({"k1": OLD}).encrypt(b"x", context=b"c")
    assert Cipher({"k2": NEW, "k1": OLD}).decrypt(stored, context=b"c") == b"x"
    with pytest.raises(DecryptionError):
        Cipher({"k2": NEW}).decrypt(stored, context=b"c")


def test_one_ring_holds_both_algorithms() -> None:
    stored = Cipher({"k1": OLD}).encrypt(b"x", context=b"c")
    both = Cipher({"k2": SM4, "k1": OLD})
    assert both.decrypt(stored, context=b"c") == b"x"
    assert both.decrypt(both.encrypt(b"y", context=b"c"), context=b"c") == b"y"
    assert KeyedHmac({"h2": SM3, "h1": SHA}).digests("x", purpose="p")[1:] == KeyedHmac({"h1": SHA}).digests(
        "x", purpose="p"
    )


@each_cipher
def test_a_ciphertext_does_not_open_in_another_column(key: Key[CipherAlgorithm]) -> None:
    ring = Cipher({"k1": key})
    with pytest.raises(DecryptionError):
        ring.decrypt(ring.encrypt(b"x", context=b"worker.name"), context=b"worker.phone")


@each_cipher
@given(data=st.data())
def test_a_damaged_ciphertext_never_opens(key: Key[CipherAlgorithm], data: st.DataObject) -> None:
    ring = Cipher({"k1": key})
    stored = bytearray(ring.encrypt(b"some text", context=b"c"))
    stored[data.draw(st.integers(0, len(stored) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DecryptionError):
        ring.decrypt(bytes(stored), context=b"c")


def test_two_encryptions_differ_and_two_digests_agree() -> None:
    ring = Cipher({"k1": NEW})
    assert ring.encrypt(b"x", context=b"c") != ring.encrypt(b"x", context=b"c")
    assert KeyedHmac({"h": SHA}).digests("x", purpose="p") == KeyedHmac({"h": SHA}).digests("x", purpose="p")


def test_digests_differ_by_purpose_and_carry_their_key() -> None:
    ring = KeyedHmac({"h2": SM3, "h1": SHA})
    assert ring.digests("x", purpose="phone") != ring.digests("x", purpose="id_number")
    assert [digest.split(b":")[0] for digest in ring.digests("x", purpose="phone")] == [b"h2", b"h1"]


def test_an_encrypted_column_is_ciphertext_in_the_database(app: Flask) -> None:
    notify(worker_id=new_id(), kind="test", title="标题", body=worded("欠薪的事有进展"), link="/")
    assert db.session.scalars(sa.select(Notice)).one().body == "欠薪的事有进展"
    raw = db.session.execute(sa.text("SELECT body FROM notice")).scalar_one()
    assert "欠薪".encode() not in bytes(raw)

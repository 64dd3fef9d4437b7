"""Official vectors: the algorithms are those of the standards."""

import hashlib

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from server.core.algorithms import CipherAlgorithm, MacAlgorithm, aead, mac

SM4_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")


def test_sm4_is_that_of_gb_t_32907() -> None:
    sealing = Cipher(algorithms.SM4(SM4_KEY), modes.ECB()).encryptor()
    assert sealing.update(SM4_KEY).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_a_million_times_over_is_that_of_gb_t_32907() -> None:
    block = SM4_KEY
    sealing = Cipher(algorithms.SM4(SM4_KEY), modes.ECB()).encryptor()
    for _ in range(1_000_000):
        block = sealing.update(block)
    assert block.hex() == "595298c7c6fd271f0402f804c33d3f66"


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    nonce = bytes.fromhex("00001234567800000000abcd")
    plain = b"".join(byte * 8 for byte in (b"\xaa", b"\xbb", b"\xcc", b"\xdd", b"\xee", b"\xff", b"\xee", b"\xaa"))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    sm4 = aead(CipherAlgorithm.SM4_GCM, SM4_KEY)
    assert sm4.encrypt(nonce, plain, AAD) == sealed
    assert sm4.decrypt(nonce, sealed, AAD) == plain
    for damaged in (sealed[:-1] + b"\x00", sealed[:15], b""):
        with pytest.raises(InvalidTag):
            sm4.decrypt(nonce, damaged, AAD)
    with pytest.raises(InvalidTag):
        sm4.decrypt(nonce, sealed, b"")


def test_aes_256_gcm_is_that_of_its_authors() -> None:
    """Test case 16 of McGrew and Viega's specification."""
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    sealed = bytes.fromhex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )
    assert aead(CipherAlgorithm.AES_256_GCM, key).encrypt(nonce, plain, AAD) == sealed


def test_sm3_is_that_of_gb_t_32905() -> None:
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.parametrize("key", [b"k", bytes(range(32)), bytes(range(64))])
def test_hmac_sm3_is_hmac_over_sm3(key: bytes) -> None:
    def sm3(*parts: bytes) -> bytes:
        digest = hashes.Hash(hashes.SM3())
        for part in parts:
            digest.update(part)
        return digest.finalize()

    padded = key.ljust(64, b"\0")
    inner = sm3(bytes(byte ^ 0x36 for byte in padded), b"message")
    assert mac(MacAlgorithm.HMAC_SM3, key, b"message") == sm3(bytes(byte ^ 0x5C for byte in padded), inner)


def test_hmac_sha_256_is_that_of_rfc_4231() -> None:
    digest = mac(MacAlgorithm.HMAC_SHA256, b"Jefe", b"what do ya want for nothing?")
    assert digest.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert len(digest) == hashlib.sha256().digest_size

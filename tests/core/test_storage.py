"""Private files on the local disk."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.core.algorithms import CipherAlgorithm
from server.core.crypto import Cipher, DecryptionError
from server.core.errors import Problem
from server.core.keys import Key
from server.core.storage import Storage
from server.core.storage.disk import Disk
from tests.full_disk import no_file_may_grow_past

OLD, NEW = (Key(CipherAlgorithm.AES_256_GCM, bytes([number]) * 32) for number in (1, 2))
CIPHER = Cipher({"old": OLD})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def files(folder: Path) -> Storage:
    return Storage(Disk(folder), CIPHER)


def everything_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_stored_can_be_read_again(files: Storage) -> None:
    key = files.put(b"evidence")
    with files.open(key) as file:
        assert file.read() == b"evidence"


def test_on_the_disk_it_is_a_ciphertext_bound_to_its_key(files: Storage, folder: Path) -> None:
    first, second = files.put(b"evidence"), files.put(b"others")
    stored = {path.name: path for path in everything_in(folder)}
    assert b"evidence" not in stored[first].read_bytes()
    stored[second].write_bytes(stored[first].read_bytes())
    with pytest.raises(Problem) as refused:
        files.open(second)
    assert refused.value.status == 503


def test_files_get_a_new_key_and_keep_their_age(files: Storage, folder: Path) -> None:
    key = files.put(b"evidence")
    (path,) = everything_in(folder)
    os.utime(path, (1_000_000, 1_000_000))
    both = Storage(Disk(folder), Cipher({"new": NEW, "old": OLD}))
    assert [both.renew(one) for one in both.all_keys()] == [True]
    assert [both.renew(one) for one in both.all_keys()] == [False]
    assert path.stat().st_mtime == 1_000_000
    only_new = Storage(Disk(folder), Cipher({"new": NEW}))
    with only_new.open(key) as file:
        assert file.read() == b"evidence"
    with pytest.raises(DecryptionError):
        files.renew(key)
    assert not files.renew("0" * 32), "one that is gone"


def test_nobody_else_on_the_machine_may_look(files: Storage, folder: Path) -> None:
    files.put(b"evidence")
    (file,) = everything_in(folder)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_same_content_twice_is_two_files(files: Storage) -> None:
    first, second = files.put(b"evidence"), files.put(b"evidence")
    files.delete(first)
    with files.open(second) as file:
        assert file.read() == b"evidence"


def test_deleting_twice_is_fine(files: Storage) -> None:
    key = files.put(b"evidence")
    files.delete(key)
    files.delete(key)
    with pytest.raises(Problem) as refused:
        files.open(key)
    assert refused.value.status == 503


def test_a_full_disk_is_said_and_leaves_nothing_half_written(files: Storage, folder: Path) -> None:
    kept = files.put(b"earlier")
    with no_file_may_grow_past(1024), pytest.raises(Problem) as refused:
        files.put(b"x" * 4096)
    assert refused.value.status == 503
    assert "没有存下" in refused.value.title
    assert [path.name for path in everything_in(folder)] == [kept]


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(Problem) as refused:
        Storage(Disk(tmp_path / "files"), CIPHER).put(b"evidence")
    assert refused.value.status == 503


def test_a_key_cannot_leave_the_folder(files: Storage) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        files.open("../../../../etc/passwd")


def test_old_files_are_found_and_young_ones_left(files: Storage) -> None:
    key = files.put(b"evidence")
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    assert list(files.keys_older_than(in_an_hour)) == [key]
    assert list(files.keys_older_than(in_an_hour - timedelta(hours=2))) == []


def test_what_a_killed_process_left_is_cleared(files: Storage, folder: Path) -> None:
    key = files.put(b"evidence")
    (folder / "incoming" / "half").write_bytes(b"half")
    files.clear_incoming(before=datetime.now(UTC) - timedelta(hours=1))
    assert len(everything_in(folder)) == 2
    files.clear_incoming(before=datetime.now(UTC) + timedelta(hours=1))
    assert [path.name for path in everything_in(folder)] == [key]

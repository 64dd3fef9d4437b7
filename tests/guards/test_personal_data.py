"""Every column of every table is known to config/personal_data.yaml, and is stored as it says there."""

import sqlalchemy as sa

from dev import personal_data
from dev.personal_data import Stored
from server import app  # noqa: F401  # imports every table
from server.core.crypto import EncryptedText, KeyedDigest
from server.core.db import Base

INVENTORY = personal_data.read()
SAID = {(column.table, column.name): column.stored for column in INVENTORY.personal}
COLUMNS = {(table.name, column.name): column for table in Base.metadata.sorted_tables for column in table.columns}


def test_every_column_is_in_the_inventory() -> None:
    unknown = sorted(".".join(name) for name in COLUMNS.keys() - SAID.keys() - INVENTORY.not_personal)
    assert unknown == [], "say in config/personal_data.yaml what these hold, then run python -m dev.personal_data"


def test_the_inventory_names_nothing_that_is_not_there() -> None:
    assert sorted(".".join(name) for name in (SAID.keys() | INVENTORY.not_personal) - COLUMNS.keys()) == []


def test_no_column_is_said_to_be_both_personal_and_not() -> None:
    assert sorted(SAID.keys() & INVENTORY.not_personal) == []


def test_columns_are_stored_as_the_inventory_says() -> None:
    wrong = []
    for name, column in sorted(COLUMNS.items()):
        stored = SAID.get(name)
        kind = column.type
        fits = {
            Stored.CIPHERTEXT: isinstance(kind, EncryptedText),
            Stored.DIGEST: isinstance(kind, KeyedDigest),
            Stored.HASH: isinstance(kind, sa.LargeBinary),
            Stored.SEALED: isinstance(kind, sa.LargeBinary),
            Stored.LINK: isinstance(kind, sa.Uuid | sa.Text),
            Stored.PLAIN: not isinstance(kind, EncryptedText | KeyedDigest | sa.LargeBinary),
            None: not isinstance(kind, EncryptedText | KeyedDigest | sa.LargeBinary),
        }
        if not fits[stored]:
            wrong.append(f"{'.'.join(name)} is said to be {stored or 'not personal'} and is {kind!r}")
    assert wrong == []


def test_a_ciphertext_is_bound_to_its_own_column() -> None:
    moved = [
        ".".join(name)
        for name, column in COLUMNS.items()
        if isinstance(column.type, EncryptedText) and column.type.context != ".".join(name)
    ]
    assert moved == []


def test_tables_are_in_alphabetical_order_so_that_one_is_found_and_merges_stay_quiet() -> None:
    assert list(INVENTORY.tables) == sorted(INVENTORY.tables)


def test_the_page_on_privacy_shows_the_inventory() -> None:
    page = personal_data.PAGE.read_text("utf-8")
    shown = personal_data.page_with(personal_data.render(INVENTORY), page)
    assert page == shown, "run python -m dev.personal_data"

"""The services of this installation, for tests that go over all of them."""

from functools import cache
from pathlib import Path
from typing import Any

from server.cases.declaration import Service
from server.cases.forms.fields import FieldType
from server.cases.loader import load_services
from server.clocks.deadlines import deadlines
from server.core.documents import read_yaml

FOLDER = Path(__file__).parents[2] / "config" / "services"


def pausable() -> dict[str, bool]:
    return {code: versions[0].pausable for code, versions in deadlines().items()}


@cache
def services() -> dict[str, Service]:
    return load_services(FOLDER, pausable=pausable())


def signed_example(key: str, name: str) -> dict[str, Any]:
    """A service's example, with what is signed in it signed by somebody."""
    service = services()[key]
    signing = [field.key for field in service.form.declaration.fields() if field.type is FieldType.SIGNATURE]
    return {**service.example, **{field: {"name": name, "agreed": True} for field in signing}}


def document(key: str) -> dict[str, Any]:
    """A fresh copy of a service's file, to be spoilt."""
    read: dict[str, Any] = read_yaml(FOLDER / f"{key}.yaml")
    return read

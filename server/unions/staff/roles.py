"""The roles of `config/roles.yaml`."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from server.core.documents import read_yaml
from server.unions.staff.vocabulary import Right
from server.unions.vocabulary import UnionKind

FILE = Path(__file__).parents[3] / "config" / "roles.yaml"
ALL = "all"


class Role(Struct, frozen=True):
    """One role."""

    key: str
    name: str
    at: frozenset[UnionKind]
    """Kinds of unions for which it is granted."""
    rights: frozenset[Right]
    services: frozenset[str] | None
    """Keys of the services whose cases the case rights cover; None for all of them."""
    apart: str | None
    """Nobody holds two living roles of the same word."""
    days: int
    """The longest time for which it is granted."""

    def covers(self, service: str) -> bool:
        """Whether the case rights reach a service's cases."""
        return self.services is None or service in self.services


@cache
def roles() -> Mapping[str, Role]:
    """All roles by key, in the order of the file."""
    return {one["key"]: _read(one) for one in read_yaml(FILE)}


def roles_with(right: Right, *, service: str | None = None) -> Collection[str]:
    """Keys of the roles that have a right, for a service's cases where one is named."""
    return [role.key for role in roles().values() if right in role.rights and (service is None or role.covers(service))]


def roles_by_services(right: Right) -> Mapping[frozenset[str] | None, Collection[str]]:
    """Keys of the roles that have a right, by the services whose cases they cover; under None those for all."""
    found: dict[frozenset[str] | None, list[str]] = {}
    for role in roles().values():
        if right in role.rights:
            found.setdefault(role.services, []).append(role.key)
    return found


def _read(one: dict[str, object]) -> Role:
    services = one.get("services", [])
    return Role(
        key=str(one["key"]),
        name=str(one["name"]),
        at=frozenset(map(UnionKind, _words(one["at"]))),
        rights=frozenset(map(Right, _words(one["rights"]))),
        services=None if services == ALL else frozenset(_words(services)),
        apart=None if one.get("apart") is None else str(one["apart"]),
        days=int(str(one["days"])),
    )


def _words(value: object) -> list[str]:
    assert isinstance(value, list), "a list of words"
    return [str(word) for word in value]

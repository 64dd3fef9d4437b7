"""The services of this installation: the files as they are now, and the versions that running cases are on."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import sqlalchemy as sa
import structlog
from flask import Flask, current_app
from msgspec import Struct, field
from sqlalchemy.dialects.postgresql import insert

from server.cases.declaration import Service
from server.cases.emergency import Emergency, load_emergency
from server.cases.loader import load_services
from server.cases.models import ServiceVersion
from server.cases.numbering import Numbers
from server.cases.reader import service_of
from server.clocks.deadlines import deadlines
from server.core.db import after_commit, db, transaction
from server.core.errors import unavailable

CONFIG = Path(__file__).resolve().parents[2] / "config"

log = structlog.get_logger(__name__)


class Catalogue(Struct, frozen=True):
    """What one process knows."""

    current: Mapping[str, Service]
    emergency: Emergency
    kept: set[str] = field(default_factory=set)
    """Services whose version is known to be in the database."""
    earlier: dict[tuple[str, int], Service] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)

    @property
    def asked_for(self) -> dict[str, Service]:
        """Those that workers ask for, by key; the others are opened by staff."""
        return {key: service for key, service in self.current.items() if not service.by_desk}


class ChangedServiceError(Exception):
    """A service's file was changed, but its version was not raised: cases run on what it said before."""

    def __init__(self, service: Service) -> None:
        super().__init__(
            f"config/services/{service.key}.yaml was changed, but still says version {service.version},"
            f" on which cases may run: raise the version"
        )


def init_services(app: Flask) -> None:
    """Read all services.

    Raises:
        ServiceError: names everything that is wrong with the files.
    """
    app.extensions["warmbee_services"] = Catalogue(
        current=load_services(CONFIG / "services", pausable=_pausable()),
        emergency=load_emergency(CONFIG / "emergency.yaml"),
    )


def catalogue() -> Catalogue:
    """Of the running application."""
    return cast(Catalogue, current_app.extensions["warmbee_services"])


def version_of(key: str, version: int) -> Service:
    """A service as it is for a case that runs on this version of it."""
    known = catalogue()
    current = known.current.get(key)
    if current is not None and current.version == version:
        return current
    if (key, version) not in known.earlier:
        stored = db.session.get_one(ServiceVersion, (key, version))
        known.earlier[key, version] = service_of(stored.document, pausable=_pausable())
    return known.earlier[key, version]


def versions_in_use() -> list[Service]:
    """Every version that a case may run on."""
    keys = {(service.key, service.version) for service in catalogue().current.values()}
    stored = db.session.execute(sa.select(ServiceVersion.service, ServiceVersion.version))
    keys |= {(key, version) for key, version in stored}
    return [version_of(key, version) for key, version in sorted(keys)]


def keep(service: Service) -> None:
    """See to it that the version is in the database before a case runs on it.

    Raises:
        ChangedServiceError: another document is there under the same version.
    """
    with transaction() as session:
        session.execute(
            insert(ServiceVersion)
            .values(
                service=service.key, version=service.version, digest=service.digest, document=dict(service.document)
            )
            .on_conflict_do_nothing()
        )
        stored = session.scalar(
            sa.select(ServiceVersion.digest).where(
                ServiceVersion.service == service.key, ServiceVersion.version == service.version
            )
        )
    if stored != service.digest:
        raise ChangedServiceError(service)


def keep_once(service: Service) -> None:
    """`keep`, once in each process, for whoever submits a case.

    Raises:
        Problem: 503 for a changed file, which the log and `/status` name.
    """
    known = catalogue().kept
    if service.key in known:
        return
    try:
        keep(service)
    except ChangedServiceError as error:
        log.error("service_changed", reason=str(error))
        raise unavailable(title="这项服务正在更新，什么都没有保存，请稍后再试", retry_after=60) from None
    after_commit(lambda: known.add(service.key))


def service_warnings() -> list[str]:
    """For /status: services whose file was changed under an old version."""
    rows = db.session.execute(sa.select(ServiceVersion.service, ServiceVersion.version, ServiceVersion.digest))
    stored = {(key, version): digest for key, version, digest in rows}
    return [
        f"服务文件 config/services/{service.key}.yaml 改过内容，但版本号还是 {service.version}：请加一"
        for service in catalogue().current.values()
        if stored.get((service.key, service.version), service.digest) != service.digest
    ]


def _pausable() -> dict[str, bool]:
    return {code: versions[0].pausable for code, versions in deadlines().items()}

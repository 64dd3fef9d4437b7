"""/health/live, /health/ready, /status and /metrics."""

import hmac
from collections.abc import Callable
from typing import Any

import redis
import sqlalchemy as sa
from flask import Blueprint, Flask, Response, current_app, request

from server.core import metrics
from server.core.db import db, read_only
from server.core.errors import Problem
from server.core.jobs import failed_jobs
from server.core.redis import redis_client
from server.core.settings import settings
from server.core.web.guard import access

bp = Blueprint("health", __name__)

Warnings = Callable[[], list[str]]
"""Says in short sentences what an operator has to mend."""


def register_warnings(app: Flask, source: Warnings) -> None:
    """Add a source of warnings to /status."""
    app.extensions.setdefault("warmbee_warnings", []).append(source)


def _redis_answers() -> bool:
    try:
        return bool(redis_client().ping())
    except redis.RedisError:
        return False


def _database_answers() -> bool:
    try:
        db.session.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        return False
    return True


@bp.get("/health/live")
@access.public
def live() -> dict[str, Any]:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/health/ready")
@access.public
@read_only
def ready() -> tuple[dict[str, Any], int]:
    """200 while PostgreSQL answers; without Redis the service is slower and says `degraded`."""
    if not _database_answers():
        return {"status": "down", "postgresql": False}, 503
    if not _redis_answers():
        return {"status": "degraded", "postgresql": True, "redis": False}, 200
    return {"status": "ok", "postgresql": True, "redis": True}, 200


@bp.get("/status")
@access.public
@read_only
def status() -> dict[str, Any]:
    """What runs here, and what an operator has to mend. Holds no personal data and no addresses."""
    connection = db.session.connection()
    warnings = [sentence for source in current_app.extensions.get("warmbee_warnings", []) for sentence in source()]
    failed = failed_jobs()
    if failed:
        warnings.append(f"{failed} 个后台任务没有办成，请看日志")
    redis_up = _redis_answers()
    if not redis_up:
        warnings.append("Redis 连不上：服务变慢，但不会出错")
    return {
        "commit": settings().commit,
        "environment": settings().environment,
        "migration": connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none(),
        "engines": {
            "postgresql": connection.exec_driver_sql("SHOW server_version").scalar_one(),
            "redis": redis_client().info("server")["redis_version"] if redis_up else None,
            "embedded": settings().embedded_engines,
        },
        "warnings": warnings,
    }


@bp.get("/metrics")
@access.public
def show_metrics() -> Response:
    """For Prometheus. With METRICS_TOKEN set, only for bearers of it."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(given.encode(), token.encode()):
        raise Problem(401)
    return Response(metrics.render(), content_type=metrics.CONTENT_TYPE)

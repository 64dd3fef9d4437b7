"""What a forked process must do with what it inherited."""

from flask import Flask

from server.core.db import db
from server.core.redis import redis_client


def after_fork(app: Flask) -> None:
    """Forget inherited connections without closing the parent's; called by gunicorn in every new worker."""
    with app.app_context():
        db.engine.dispose(close=False)
        redis_client().connection_pool.reset()

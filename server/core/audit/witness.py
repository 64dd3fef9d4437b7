"""The last head, noted outside of the database: who cuts off the chain's end there has to find this as well.

One small file under DATA_DIR, and a log line for each run, which a log server keeps out of everybody's reach.
"""

from pathlib import Path

import orjson
import structlog

from server.core.settings import settings

log = structlog.get_logger(__name__)


def note(*, number: int, head: bytes) -> None:
    """Remember where the chain ended. Never goes back."""
    log.info("audit_sealed", segment=number, head=head.hex())
    known = read()
    if known is not None and known[0] >= number:
        return
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps({"segment": number, "head": head.hex()}))
    fresh.rename(path)


def read() -> tuple[int, bytes] | None:
    """Number and head of the last segment noted; None before the first."""
    try:
        noted = orjson.loads(_path().read_bytes())
    except FileNotFoundError:
        return None
    return int(noted["segment"]), bytes.fromhex(noted["head"])


def _path() -> Path:
    return settings().data_dir / "audit" / "head.json"

"""A closed-loop HTTP/1.1 client: N connections, each with one request under way at any time.

One thread and `selectors`, raw bytes in and out, about 40 µs of CPU for a request, so that on a
machine shared with the server it is the server that is measured. It understands what our server
answers: keep-alive and Content-Length. Anything else ends the run with an error, never with a guess.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlsplit

HEAD_END = b"\r\n\r\n"
PATIENCE = 120.0
"""Seconds without any answer after which a run is given up."""


@dataclass
class Load:
    """What one run saw.

    `statuses` counts answers by HTTP status, `latencies` are seconds from the first byte sent to the
    last byte received in the order of arrival, `bodies` holds answers only where they were asked for.
    """

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    bodies: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Latency in milliseconds below which `share` (0–1) of the answers lie."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def request(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes of one request, to be built before the clock starts."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method in {"POST", "PUT", "PATCH"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + HEAD_END + body


class _Connection:
    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.sock: socket.socket | None = None
        self.received = bytearray()
        self.started = 0.0

    def send(self, raw: bytes) -> socket.socket:
        if self.sock is None:
            self.sock = socket.create_connection(self.address)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received.clear()
        self.started = time.perf_counter()
        self.sock.sendall(raw)
        return self.sock

    def read(self) -> tuple[int, bytes, bool] | None:
        """(status, body, stays open) once the answer is whole, else None."""
        assert self.sock is not None
        chunk = self.sock.recv(262_144)
        if not chunk:
            raise ConnectionError(f"closed in the middle of an answer: {bytes(self.received[:200])!r}")
        self.received += chunk
        end = self.received.find(HEAD_END)
        if end < 0:
            return None
        head = bytes(self.received[:end]).lower()
        at = head.find(b"\r\ncontent-length:")
        if at < 0:
            status = int(head[9:12])
            if status in (204, 304):
                return status, b"", b"\r\nconnection: close" not in head
            raise ValueError(f"an answer without Content-Length: {head[:200]!r}")
        stop = head.find(b"\r\n", at + 2)
        length = int(head[at + 17 : stop if stop > 0 else len(head)])
        if len(self.received) < end + 4 + length:
            return None
        body = bytes(self.received[end + 4 : end + 4 + length])
        return int(head[9:12]), body, b"\r\nconnection: close" not in head

    def close(self) -> None:
        if self.sock is not None:
            self.sock.close()
            self.sock = None


def drive(
    base_url: str,
    requests: Sequence[bytes],
    *,
    connections: int,
    seconds: float | None = None,
    keep_bodies: bool = False,
) -> Load:
    """Send `requests` over `connections`.

    With `seconds` the sequence is repeated until the time is up; without it each request is sent
    exactly once.
    """
    parts = urlsplit(base_url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    source: Iterator[bytes] = cycle(requests) if seconds is not None else iter(requests)
    load = Load()
    started = time.perf_counter()
    deadline = started + seconds if seconds is not None else float("inf")
    with selectors.DefaultSelector() as selector:
        under_way = 0
        for raw in _take(source, connections):
            connection = _Connection(address)
            selector.register(connection.send(raw), selectors.EVENT_READ, connection)
            under_way += 1
        while under_way:
            for key, _ in selector.select(timeout=PATIENCE) or _stuck(under_way):
                connection = key.data
                answer = connection.read()
                if answer is None:
                    continue
                now = time.perf_counter()
                status, body, stays_open = answer
                load.latencies.append(now - connection.started)
                load.statuses[status] += 1
                if keep_bodies:
                    load.bodies.append((status, body))
                following = next(source, None) if now < deadline else None
                if following is None or not stays_open:
                    selector.unregister(key.fileobj)
                    connection.close()
                if following is None:
                    under_way -= 1
                elif stays_open:
                    connection.send(following)
                else:
                    selector.register(connection.send(following), selectors.EVENT_READ, connection)
    load.seconds = time.perf_counter() - started
    return load


def _take(source: Iterator[bytes], count: int) -> Iterator[bytes]:
    for _ in range(count):
        raw = next(source, None)
        if raw is None:
            return
        yield raw


def _stuck(under_way: int) -> list[tuple[selectors.SelectorKey, int]]:
    raise TimeoutError(f"no answer for {PATIENCE:.0f} s on {under_way} connections")

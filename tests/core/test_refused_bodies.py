"""A body that is refused unread does not cost the client its connection."""

import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.live import LiveServer


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/api/v1/nothing", 200_000, 404), ("/api/v1/notices", 3_000_000, 405), ("/api/v1/cases", 13_000_000, 413)],
)
def test_a_connection_lives_on_after_a_body_that_nobody_read(
    server: LiveServer, path: str, size: int, status: int
) -> None:
    connection = HTTPConnection(urlsplit(server.base_url).netloc, timeout=20)
    connection.request("POST", path, body=b"x" * size, headers={"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert answer.status == status
    assert answer.read()
    # Were the server to close it, it would by now; and the client must not quietly open another one.
    time.sleep(0.2)
    connection.auto_open = 0
    connection.request("GET", "/health/live")
    assert connection.getresponse().status == 200

"""A body that is refused unread does not cost the client its connection."""

import requests

from tests.live import LiveServer


def test_a_connection_lives_on_after_bodies_that_nobody_read(server: LiveServer) -> None:
    with requests.Session() as client:
        for size in (3_000_000, 13_000_000, 3_000_000):
            refused = client.post(server.url("/api/v1/notices/x/read"), data=b"x" * size, timeout=20)
            assert refused.status_code == 404
            assert client.get(server.url("/health/live"), timeout=20).status_code == 200


def test_a_body_over_the_limit_is_told_so_on_a_connection_that_lives_on(server: LiveServer) -> None:
    with requests.Session() as client:
        for _ in range(3):
            refused = client.post(
                server.url("/api/v1/cases"),
                data=b"x" * 13_000_000,
                headers={"Content-Type": "application/json"},
                timeout=20,
            )
            assert refused.status_code == 413

"""What cannot be read as HTTP is answered in our words too, and nobody's address is written down."""

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.live import LiveServer, start_server, stop_server


def talk(server: LiveServer, request: bytes) -> tuple[int, dict[str, str], dict[str, object]]:
    """Status, headers and problem document for whatever is sent."""
    address = urlsplit(server.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(status.split()[1]), headers, json.loads(body)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/7.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nBad Name: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n", 400),
        (b"GET /?" + b"x" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: x\r\n" * 60 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: odd\r\n\r\n", 501),
        (
            b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
            400,
        ),
        (
            b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{",
            400,
        ),
    ],
)
def test_what_is_no_http_is_a_problem_in_chinese(server: LiveServer, request_bytes: bytes, status: int) -> None:
    answered, headers, body = talk(server, request_bytes)
    assert (answered, body["status"]) == (status, status)
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-request-id"] == body["request_id"]
    assert any("\u4e00" <= character <= "\u9fff" for character in str(body["title"]))


def test_the_log_names_the_request_and_not_who_sent_it(environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    server = start_server(environment, log=log, workers=1)
    try:
        _, _, body = talk(server, b"GET /secret-place HTTP/1.1\r\nBad Name: secret-word\r\n\r\n")
    finally:
        stop_server(server)
    written = log.read_text()
    assert str(body["request_id"]) in written
    assert "127.0.0.1" not in written.replace("listening on", "")
    assert "secret" not in written

"""A real object store for tests: SeaweedFS, with keys of its own, and a gate before it that breaks when told to."""

import json
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path

import pytest
import requests
from requests_aws4auth import AWS4Auth

BINARY = Path(sys.executable).with_name("weed")
REGION = "us-east-1"
BUCKET = "warmbee-files"
START_SECONDS = 60


class Seaweed:
    """One process with master, volumes, filer and S3 in it."""

    def __init__(self, folder: Path) -> None:
        self.key_id, self.secret, self.reader = (secrets.token_hex(8) for _ in range(3))
        config = folder / "s3.json"
        config.write_text(
            json.dumps(
                {
                    "identities": [
                        self._identity("writer", self.key_id, ["Admin", "Read", "Write", "List"]),
                        self._identity("reader", self.reader, ["Read", "List"]),
                    ]
                }
            )
        )
        ports = _free_ports(8)
        names = ("master", "volume", "filer", "s3")
        options = [f"-{name}.port={port}" for name, port in zip(names, ports, strict=False)]
        options += [f"-{name}.port.grpc={port}" for name, port in zip(names, ports[4:], strict=False)]
        self.port = ports[3]
        log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                *(BINARY, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *options, "-filer", "-s3"),
                *(f"-s3.config={config}", "-volume.max=3", "-master.volumeSizeLimitMB=64", "-volume.preStopSeconds=0"),
                # What else it would open, and whom it would tell.
                *("-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"),
            ],
            stdout=log,
            stderr=log,
            cwd=folder,
        )
        self._make_bucket()

    def sign(self) -> AWS4Auth:
        """For asking the store itself."""
        return AWS4Auth(self.key_id, self.secret, REGION, "s3")

    def url(self, port: int | None = None) -> str:
        """Of the bucket, perhaps through a gate."""
        return f"http://127.0.0.1:{port or self.port}/{BUCKET}"

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _identity(self, name: str, key_id: str, actions: list[str]) -> dict[str, object]:
        credentials = [{"accessKey": key_id, "secretKey": self.secret}]
        return {"name": name, "credentials": credentials, "actions": actions}

    def _make_bucket(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self._process.poll() is None, "SeaweedFS ended"
            with suppress(requests.RequestException):
                made = requests.put(self.url(), auth=self.sign(), timeout=10)
                # The first object makes it lay out its volumes, which takes longer than a store may.
                first = requests.put(f"{self.url()}/first", data=b"1", auth=self.sign(), timeout=30)
                if made.status_code == first.status_code == 200:
                    return
            time.sleep(0.1)
        self.stop()
        raise AssertionError("SeaweedFS does not answer")


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Seaweed"]:
    """A real object store. Tests that use it belong to the group `seaweed`, for one worker to start one."""
    running = Seaweed(tmp_path_factory.mktemp("seaweed"))
    yield running
    running.stop()


@pytest.fixture
def gate(seaweed: "Seaweed") -> Iterator["Gate"]:
    """What breaks on the way to the object store."""
    made = Gate(seaweed.port)
    yield made
    with suppress(OSError):
        made.close()


class Mode(Enum):
    """What a gate does with the next connections."""

    PASS = "pass"
    REFUSE = "hangs up at once"
    SILENT = "takes everything and says nothing"
    CUT = "hangs up in the middle of what is sent"
    FULL = "says that there is no room"


_FULL = b"<Error><Code>QuotaExceeded</Code><Message>no room</Message></Error>"


class Gate:
    """A TCP proxy on this machine."""

    def __init__(self, target: int) -> None:
        self.connections = 0
        self._mode = Mode.PASS
        self._open: list[socket.socket] = []
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def turn(self, mode: Mode) -> None:
        """Treat connections so from now on; those that are open end."""
        self._mode = mode
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Be gone: the port refuses."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.turn(Mode.REFUSE)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self.connections += 1
                self._open.append(client)
                threading.Thread(target=self._serve, args=(client, self._mode), daemon=True).start()

    def _serve(self, client: socket.socket, mode: Mode) -> None:
        with suppress(OSError), client:
            match mode:
                case Mode.REFUSE:
                    return
                case Mode.SILENT:
                    while client.recv(65536):
                        pass
                case Mode.CUT:
                    client.recv(1024)
                case Mode.FULL:
                    client.recv(65536)
                    head = b"HTTP/1.1 507 Insufficient Storage\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                    client.sendall(head % len(_FULL) + _FULL)
                case Mode.PASS:
                    self._pass(client)

    def _pass(self, client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._target)) as store:
            back = threading.Thread(target=_pump, args=(store, client), daemon=True)
            back.start()
            _pump(client, store)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports

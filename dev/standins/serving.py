"""What both stand-ins share: an HTTP server on this machine only, and the control side.

The control side, every answer 200 unless the request itself is broken (400):

    GET    /_control/health     {"status": "ok"}
    POST   /_control/faults     {"path", "errcode"?, "status"?, "body"?, "delay_ms"?, "times"?}
                                the next `times` calls of `path` (without `times`: all, until they are taken back) wait
                                `delay_ms`, then get `status`, `body` (text, or JSON as it is given) or the system's own
                                form of `errcode`; with a delay alone they get the ordinary answer, late
    DELETE /_control/faults     takes all faults back
    GET    /_control/calls      {"items": [{"n", "at", "method", "path", "query", "body", "raw", "content_type",
                                "status", "answer"}]}, the last two null until it is answered
    GET    /_control/messages   {"items": [...]}, what was accepted for people
    DELETE /_control/messages   forgets them
    POST   /_control/clock      {"forward_s"}, lets time pass for the stand-in

In the listing of calls secrets and tokens are masked.
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dev.trouble import Trouble

HOST = "127.0.0.1"
KEPT = 10_000
"""Calls and messages that are remembered."""
MASK = "***"
JSON_TYPE = "application/json; charset=utf-8"

_SHANGHAI = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Message
    body: bytes

    def json(self) -> Any:
        """The body as JSON, whatever its Content-Type; raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """A response."""

    body: bytes
    content_type: str = JSON_TYPE
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, *, status: int = 200, content_type: str = JSON_TYPE) -> "Answer":
        """Raw UTF-8, as both systems write it."""
        return cls(json.dumps(value, ensure_ascii=False).encode(), content_type, status)


@dataclass
class Fault:
    """What goes wrong with calls of one path."""

    path: str
    errcode: int | str | None = None
    status: int | None = None
    body: Any = None
    delay_ms: int = 0
    times: int | None = None


class BadControl(ValueError):
    """A request of the control side that makes no sense."""


Handler = Callable[[Asked], Answer]


class StandIn:
    """State and control side; a subclass adds its routes and gives its errors their form."""

    masked: frozenset[str] = frozenset()
    """Names of parameters and fields that are never listed."""

    def __init__(self) -> None:
        self.routes: dict[str, Handler] = {}
        self.stopping = threading.Event()
        self.messages: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._calls: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._asked = 0
        self._faults: list[Fault] = []
        self._forward = 0.0
        self.control: dict[tuple[str, str], Handler] = {
            ("GET", "/_control/health"): lambda _: Answer.json({"status": "ok"}),
            ("POST", "/_control/faults"): self._add_fault,
            ("DELETE", "/_control/faults"): self._clear_faults,
            ("GET", "/_control/calls"): lambda _: self._listed(self._calls),
            ("GET", "/_control/messages"): lambda _: self._listed(self.messages),
            ("DELETE", "/_control/messages"): self._forget_messages,
            ("POST", "/_control/clock"): self._move_clock,
        }

    def error(self, errcode: int | str) -> Answer:
        """An error in this system's own form."""
        raise NotImplementedError

    def unknown(self, asked: Asked) -> Answer:
        """The answer for a path that this system does not have."""
        raise NotImplementedError

    def shaped(self, path: str, answer: Answer) -> Answer:
        """The last touch to every answer of `path`, faulty ones included."""
        return answer

    def now(self) -> float:
        """Unix time, moved by the control side."""
        return time.time() + self._forward

    def answer(self, asked: Asked) -> Answer:
        """Answer a request of either side."""
        if asked.path.startswith("/_control/"):
            return self._answer_control(asked)
        call = self._note(asked)
        fault = self._fault_for(asked.path)
        if fault and fault.delay_ms:
            self.stopping.wait(fault.delay_ms / 1000)
        answer = self._faulty(fault) if fault else None
        if answer is None:
            with self._lock:
                answer = self.routes.get(asked.path, self.unknown)(asked)
        answer = self.shaped(asked.path, answer)
        with self._lock:
            call |= {"status": answer.status, "answer": self._masked(_readable(answer.body))}
        return answer

    def _answer_control(self, asked: Asked) -> Answer:
        handler = self.control.get((asked.method, asked.path))
        if handler is None:
            return Answer.json({"error": "the control side has no such call"}, status=404)
        try:
            return handler(asked)
        except BadControl as problem:
            return Answer.json({"error": str(problem)}, status=400)

    def _fault_for(self, path: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.path == path:
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault
        return None

    def _faulty(self, fault: Fault) -> Answer | None:
        if fault.body is not None:
            text = fault.body if isinstance(fault.body, str) else json.dumps(fault.body, ensure_ascii=False)
            return Answer(text.encode(), status=fault.status or 200)
        if fault.errcode is not None:
            answer = self.error(fault.errcode)
            return replace(answer, status=fault.status or answer.status)
        if fault.status is not None:
            return Answer(b"", "text/plain", fault.status)
        return None

    def _add_fault(self, asked: Asked) -> Answer:
        wanted = control_body(asked)
        try:
            fault = Fault(**wanted)
        except TypeError:
            raise BadControl("a fault has path, errcode, status, body, delay_ms and times") from None
        numbers = (fault.status, fault.delay_ms, fault.times)
        if any(isinstance(value, bool) or not isinstance(value, int | None) for value in numbers):
            raise BadControl("status, delay_ms and times are whole numbers")
        if fault.times is not None and fault.times < 1:
            raise BadControl("times is at least 1")
        with self._lock:
            self._faults.append(fault)
        return Answer.json({"faults": len(self._faults)})

    def _clear_faults(self, _: Asked) -> Answer:
        with self._lock:
            self._faults.clear()
        return Answer.json({"faults": 0})

    def _forget_messages(self, _: Asked) -> Answer:
        with self._lock:
            self.messages.clear()
        return Answer.json({"items": []})

    def _listed(self, things: deque[dict[str, Any]]) -> Answer:
        with self._lock:
            return Answer.json({"items": list(things)})

    def _move_clock(self, asked: Asked) -> Answer:
        forward = control_body(asked).get("forward_s")
        if not isinstance(forward, int | float):
            raise BadControl("forward_s is a number of seconds")
        self._forward += forward
        return Answer.json({"now": self.now()})

    def _note(self, asked: Asked) -> dict[str, Any]:
        with self._lock:
            self._asked += 1
            call = {
                "n": self._asked,
                "at": self.local_time(),
                "method": asked.method,
                "path": asked.path,
                "query": self._masked(dict(asked.query)),
                "body": self._masked(_readable(asked.body)),
                "raw": self._raw(asked.body),
                "content_type": asked.headers.get("Content-Type"),
                "status": None,
                "answer": None,
            }
            self._calls.append(call)
            return call

    def local_time(self) -> str:
        """Now, RFC 3339 in China's time."""
        return datetime.fromtimestamp(self.now(), _SHANGHAI).isoformat(timespec="milliseconds")

    def _raw(self, body: bytes) -> str:
        """The body letter by letter, unless it holds something to mask."""
        text = body.decode("utf-8", "replace")
        return MASK if any(name in text for name in self.masked) else text

    def _masked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: MASK if key in self.masked else self._masked(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._masked(inner) for inner in value]
        return value


def control_body(asked: Asked) -> dict[str, Any]:
    """The body of a control call; none is an empty one."""
    try:
        body = asked.json() if asked.body.strip() else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BadControl("the body must be a JSON object")
    return body


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def serve(stand_in: StandIn, *, port: int, name: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    try:
        server = _Server((HOST, port), _handler(stand_in))
    except OSError as error:
        raise Trouble(f"{name} cannot listen on {HOST}:{port}: {error.strerror}") from error

    def stop(*_: object) -> None:
        stand_in.stopping.set()
        # shutdown() waits for the loop that this handler interrupts.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"{name} listens on http://{HOST}:{server.server_port}", flush=True)
    with server:
        server.serve_forever(poll_interval=0.1)


def run(make: Callable[[argparse.Namespace], StandIn], parser: argparse.ArgumentParser, *, name: str) -> None:
    """The command line of a stand-in."""
    arguments = parser.parse_args()
    try:
        serve(make(arguments), port=arguments.port, name=name)
    except Trouble as trouble:
        sys.exit(str(trouble))


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body leave in one packet, else Nagle's algorithm holds the second back for 40 ms.
        wbufsize = 64 * 1024
        disable_nagle_algorithm = True

        def _reply(self) -> None:
            address = urlsplit(self.path)
            length = self.headers.get("Content-Length", "")
            asked = Asked(
                method=self.command,
                path=address.path,
                query=dict(parse_qsl(address.query, keep_blank_values=True)),
                headers=self.headers,
                body=self.rfile.read(int(length)) if length.isdigit() else b"",
            )
            answer = stand_in.answer(asked)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = _reply  # the names http.server looks for

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: request lines hold secrets, and /_control/calls lists the calls."""

    return Requests

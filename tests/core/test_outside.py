"""Calls to outside systems end in time, say little, and stop when they are pointless."""

import contextlib
import logging
import multiprocessing
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.core.outside import MAX_ANSWER, Breaker, Http, OutsideUnavailable, Retry, Timeouts, Trouble, bare

QUICK = Timeouts(connect=0.3, read=0.3)
SECRET = "a-secret-in-the-address"
LONG = 5.0
"""Seconds: far more than any of these calls may take, far less than a call without bounds."""

Reply = Callable[[socket.socket], None]
Serve = Callable[[Reply], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that reads a request's head and then does whatever it is told; gives its address."""
    listeners: list[socket.socket] = []

    def start(reply: Reply) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with connection:
                try:
                    connection.recv(65536)
                    reply(connection)
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/path?secret={SECRET}"

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def plain(body: bytes, *, head: bytes = b"HTTP/1.1 200 OK") -> Reply:
    return lambda connection: connection.sendall(head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def trickle(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def hang(connection: socket.socket) -> None:
    connection.recv(1)


class TestHttp:
    def test_an_answer_is_read_to_its_end(self, serve: Serve) -> None:
        answer = Http(QUICK).request("GET", serve(plain(b'{"a": 1}')))
        assert answer.json() == {"a": 1}

    def test_an_answer_in_chunks_is_read_too(self, serve: Serve) -> None:
        reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1, \r\n2\r\n2]\r\n0\r\n\r\n"
        answer = Http(QUICK).request("GET", serve(lambda connection: connection.sendall(reply)))
        assert answer.json() == [1, 2]

    @pytest.mark.parametrize(
        ("reply", "trouble"),
        [
            (hang, Trouble.TIMEOUT),
            (trickle, Trouble.TIMEOUT),
            (lambda connection: None, Trouble.BROKEN),
            (lambda connection: connection.sendall(b"\x00\x01\x02\r\n\r\n"), Trouble.BROKEN),
            (
                lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"),
                Trouble.BROKEN,
            ),
            (plain(b"x" * (MAX_ANSWER + 1)), Trouble.NONSENSE),
            (plain(b"", head=b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/"), Trouble.NONSENSE),
            (plain(b"{}", head=b"HTTP/1.1 503 Busy"), Trouble.SERVER),
        ],
        ids=["hangs", "trickles", "hangs up", "talks rubbish", "stops halfway", "never ends", "redirects", "fails"],
    )
    def test_every_trouble_ends_in_time(self, serve: Serve, reply: Reply, trouble: Trouble) -> None:
        address = serve(reply)
        begun = time.monotonic()
        with pytest.raises(OutsideUnavailable) as caught:
            Http(QUICK).request("GET", address)
        assert caught.value.trouble is trouble
        assert time.monotonic() - begun < LONG

    def test_a_refused_connection_never_reached_anybody(self) -> None:
        with pytest.raises(OutsideUnavailable) as caught:
            Http(QUICK).request("GET", "http://127.0.0.1:9/")
        assert caught.value.trouble is Trouble.UNREACHED

    def test_a_full_backlog_is_a_connection_that_was_never_made(self) -> None:
        with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            for waiting in (first, second):
                waiting.setblocking(False)
                waiting.connect_ex(listener.getsockname())
            begun = time.monotonic()
            with pytest.raises(OutsideUnavailable) as caught:
                Http(QUICK).request("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/")
        assert caught.value.trouble is Trouble.UNREACHED
        assert time.monotonic() - begun < LONG

    def test_a_timeout_of_the_caller_does_not_undo_ours(self, serve: Serve) -> None:
        with pytest.raises(OutsideUnavailable):
            Http(QUICK).request("GET", serve(hang), timeout=None)

    def test_the_environment_neither_redirects_nor_adds_credentials(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password something")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.delenv("NO_PROXY", raising=False)
        answer = Http(QUICK).request("GET", serve(plain(b"{}")))
        assert answer.ok
        assert "Authorization" not in answer.request.headers

    def test_each_thread_has_a_session_and_keeps_it(self) -> None:
        http = Http(QUICK)
        found: dict[str, list[object]] = {"here": [http._session(), http._session()], "there": []}
        other = threading.Thread(target=lambda: found["there"].extend([http._session(), http._session()]))
        other.start()
        other.join()
        assert found["here"][0] is found["here"][1]
        assert found["there"][0] is found["there"][1]
        assert found["here"][0] is not found["there"][0]

    def test_a_connection_is_used_again(self, serve: Serve) -> None:
        connections = []

        def reply(connection: socket.socket) -> None:
            connections.append(connection)
            while True:
                plain(b"{}")(connection)
                if not connection.recv(65536):
                    return

        address, http = serve(reply), Http(QUICK)
        for _ in range(3):
            assert http.request("GET", address).ok
        assert len(connections) == 1

    def test_a_forked_process_does_not_talk_on_its_parents_connections(self) -> None:
        http = Http(QUICK)
        inherited = http._session()
        context = multiprocessing.get_context("fork")
        child = context.Process(target=lambda: os._exit(0 if http._session() is not inherited else 1))
        child.start()
        child.join(10)
        assert child.exitcode == 0
        assert http._session() is inherited

    @pytest.mark.parametrize("reply", [plain(b"{}"), hang, plain(b"{}", head=b"HTTP/1.1 200 OK\r\nbroken header")])
    def test_no_log_line_at_any_level_holds_the_query(
        self, serve: Serve, reply: Reply, caplog: pytest.LogCaptureFixture
    ) -> None:
        for name in ("", "urllib3", "urllib3.connectionpool", "urllib3.connection"):
            caplog.set_level(logging.DEBUG, logger=name)
        with contextlib.suppress(OutsideUnavailable):
            Http(QUICK).request("GET", serve(reply))
        assert "urllib3.connectionpool" in {record.name for record in caplog.records}
        assert SECRET not in caplog.text
        assert SECRET not in str([vars(record) for record in caplog.records])

    @pytest.mark.parametrize("reply", [hang, plain(b"", head=b"HTTP/1.1 500 Broken")])
    def test_the_error_holds_no_request(self, serve: Serve, reply: Reply) -> None:
        address = serve(reply)
        try:
            Http(QUICK).request("GET", address)
        except OutsideUnavailable as caught:
            error = bare(caught)
        assert vars(error).keys() == {"trouble"}
        assert error.__cause__ is error.__context__ is error.__traceback__ is None
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert SECRET not in "".join(whole.format())


class TestRetry:
    def failing(self, times: int, error: Exception) -> tuple[Callable[[], int], list[int]]:
        calls: list[int] = []

        def call() -> int:
            calls.append(1)
            if len(calls) <= times:
                raise error
            return len(calls)

        return call, calls

    def test_it_tries_again_until_it_works(self) -> None:
        call, _ = self.failing(2, ValueError())
        assert Retry(more=2, pause=0.001).run(call, again=lambda _: True) == 3

    def test_it_stops_after_so_many_tries(self) -> None:
        call, calls = self.failing(99, ValueError())
        with pytest.raises(ValueError):  # noqa: PT011 - the one made above
            Retry(more=2, pause=0.001).run(call, again=lambda _: True)
        assert len(calls) == 3

    def test_it_does_not_repeat_what_must_not_be_repeated(self) -> None:
        call, calls = self.failing(99, ValueError())
        with pytest.raises(ValueError):  # noqa: PT011
            Retry(pause=0.001).run(call, again=lambda error: not isinstance(error, ValueError))
        assert len(calls) == 1

    def test_it_begins_no_try_when_the_time_is_over(self) -> None:
        call, calls = self.failing(99, ValueError())
        with pytest.raises(ValueError):  # noqa: PT011
            Retry(more=5, pause=0.001, within=0).run(call, again=lambda _: True)
        assert len(calls) == 1


class Down(Exception):
    """What counts as a failure below."""


class SaysNo(Exception):
    """What does not."""


class TestBreaker:
    @pytest.fixture
    def clock(self) -> list[float]:
        return [100.0]

    @pytest.fixture
    def breaker(self, clock: list[float]) -> Breaker:
        return Breaker("it", failures=3, rest=10, clock=lambda: clock[0])

    def call(self, breaker: Breaker, error: Exception | None = None) -> type[Exception] | None:
        """The kind of exception that a caller sees, None for success."""
        try:
            with breaker.guard(failure=lambda error: isinstance(error, Down)):
                if error:
                    raise error
        except Exception as seen:
            return type(seen)
        return None

    def test_it_opens_after_so_many_failures_in_a_row(self, breaker: Breaker) -> None:
        for _ in range(3):
            assert self.call(breaker, Down()) is Down
        assert self.call(breaker) is OutsideUnavailable

    def test_an_answer_in_between_starts_the_count_anew(self, breaker: Breaker) -> None:
        for error in (Down(), Down(), SaysNo(), Down(), Down()):
            self.call(breaker, error)
        assert self.call(breaker) is None

    def test_saying_no_is_no_failure(self, breaker: Breaker) -> None:
        assert {self.call(breaker, SaysNo()) for _ in range(20)} == {SaysNo}

    def test_after_a_rest_one_caller_tries_and_success_closes_it(self, breaker: Breaker, clock: list[float]) -> None:
        for _ in range(3):
            self.call(breaker, Down())
        clock[0] += 10
        with breaker.guard(failure=lambda error: isinstance(error, Down)):
            assert self.call(breaker) is OutsideUnavailable, "only one tries"
        assert self.call(breaker) is None

    def test_after_a_rest_one_failure_opens_it_again(self, breaker: Breaker, clock: list[float]) -> None:
        for _ in range(3):
            self.call(breaker, Down())
        clock[0] += 10
        assert self.call(breaker, Down()) is Down
        clock[0] += 9
        assert self.call(breaker) is OutsideUnavailable
        clock[0] += 1
        assert self.call(breaker) is None

    def test_a_trier_that_never_comes_back_does_not_close_it_for_ever(
        self, breaker: Breaker, clock: list[float]
    ) -> None:
        for _ in range(3):
            self.call(breaker, Down())
        clock[0] += 10
        with pytest.raises(KeyboardInterrupt), breaker.guard(failure=lambda error: isinstance(error, Down)):
            raise KeyboardInterrupt
        assert self.call(breaker) is OutsideUnavailable
        clock[0] += 10
        assert self.call(breaker) is None

    def test_opening_and_closing_are_logged_once(
        self, breaker: Breaker, clock: list[float], caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(3):
            self.call(breaker, Down())
        clock[0] += 10
        self.call(breaker, Down())
        clock[0] += 10
        self.call(breaker)
        self.call(breaker)
        assert [record.getMessage() for record in caplog.records] == [
            "it does not answer: not asked for 10 s",
            "it answers again",
        ]

"""Talking to systems that are not ours: bounded in time, size and number of tries, and silent about secrets.

Knows no particular system. A client of one sends its calls through `Http`, repeats what may be repeated with `Retry`
and stops asking a system that is down with `Breaker`.
"""

import contextlib
import logging
import os
import re
import secrets
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

import requests
from msgspec import Struct
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, ReadTimeoutError

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)

MAX_ANSWER = 256 * 1024
"""Bytes of an answer; the systems we ask send a few hundred."""

log = logging.getLogger(__name__)


class Trouble(StrEnum):
    """Why there is no usable answer."""

    UNREACHED = "no connection"
    TIMEOUT = "no answer in time"
    BROKEN = "connection lost"
    SERVER = "server error"
    NONSENSE = "answer not understood"
    RESTING = "not asked: it failed a moment ago"


class OutsideUnavailable(Exception):
    """No usable answer. Holds neither request nor answer: their addresses and headers carry secrets."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.value)


class Timeouts(Struct, frozen=True):
    """Seconds: `connect` for the connection, `read` for each silence of the other side.

    An answer that still trickles in after `connect + read` is cut off, so no call takes longer than
    `connect + 2 × read`.
    """

    connect: float = 3.0
    read: float = 5.0

    @property
    def longest(self) -> float:
        """Seconds after which a call has ended, one way or the other."""
        return self.connect + 2 * self.read


class Http:
    """HTTP over one `requests.Session` for each thread and process: sessions are not made to be shared.

    Proxies and `.netrc` of the environment are left aside and redirects are not followed: addresses and headers carry
    secrets, and they go where the settings say or nowhere.
    """

    def __init__(self, timeouts: Timeouts, *, most: int = MAX_ANSWER) -> None:
        """`most` bytes may an answer have."""
        self._timeouts, self._most = timeouts, most
        self._sessions = threading.local()
        after_fork(self._forget_sessions)
        for name in _LOGGERS_WITH_ADDRESSES:
            logging.getLogger(name).addFilter(_hide_queries)

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        """One call, its answer read to the end. Takes what `requests.request` takes; a `timeout` is overruled.

        Raises:
            OutsideUnavailable: network, timeouts, 3xx, 5xx, oversized answers. Judging 2xx and 4xx is the caller's.
        """
        kwargs |= {
            "timeout": (self._timeouts.connect, self._timeouts.read),
            "allow_redirects": False,
            "stream": True,
        }
        try:
            return self._read(method, url, kwargs)
        except (requests.RequestException, HTTPError) as error:
            trouble = _trouble_of(error)
        raise OutsideUnavailable(trouble)

    def _read(self, method: str, url: str, kwargs: dict[str, Any]) -> requests.Response:
        cut_off_at = time.monotonic() + self._timeouts.connect + self._timeouts.read
        with contextlib.closing(self._session().request(method, url, **kwargs)) as answer:
            if answer.status_code >= 500:
                raise OutsideUnavailable(Trouble.SERVER)
            if 300 <= answer.status_code < 400:
                raise OutsideUnavailable(Trouble.NONSENSE)
            body = bytearray()
            # read1 gives what has arrived; iter_content would wait for a full piece, however slowly it comes.
            while piece := answer.raw.read1(16 * 1024, decode_content=True):
                body += piece
                if len(body) > self._most:
                    raise OutsideUnavailable(Trouble.NONSENSE)
                if time.monotonic() > cut_off_at:
                    raise OutsideUnavailable(Trouble.TIMEOUT)
            answer._content = bytes(body)  # where `content` looks first
            return answer

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = requests.Session()
            session.trust_env = False
        return session

    def _forget_sessions(self) -> None:
        self._sessions = threading.local()


class Retry:
    """Tries again after growing, jittered pauses; no try begins later than `within` seconds after the first."""

    def __init__(self, *, more: int = 2, pause: float = 0.1, within: float = 4.0) -> None:
        self._more, self._pause = more, pause
        self.within = within

    def run(self, call: Callable[[], T], *, again: Callable[[Exception], bool]) -> T:
        """The result of `call`, made up to `1 + more` times while it raises something that may be tried `again`."""
        begun = time.monotonic()
        for turn in range(self._more):
            try:
                return call()
            except Exception as error:
                pause = self._pause * 2**turn * (0.5 + secrets.SystemRandom().random())
                if not again(error) or time.monotonic() - begun + pause > self.within:
                    raise
            time.sleep(pause)
        return call()


class Breaker:
    """Spares a system that is down, and the threads that would wait for it.

    After `failures` failures in a row nobody is let through for `rest` seconds; then one caller tries, and its result
    decides. Counted in each process by itself: nobody has to agree.
    """

    def __init__(
        self, name: str, *, failures: int = 5, rest: float = 10.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name, self._limit, self._rest, self._clock = name, failures, rest, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._resting_until: float | None = None
        after_fork(self._replace_lock)

    @contextlib.contextmanager
    def guard(self, *, failure: Callable[[Exception], bool]) -> Iterator[None]:
        """Let a call through, and learn from it; `failure` tells a system that is down from one that says no.

        Raises:
            OutsideUnavailable: it is resting.
        """
        with self._lock:
            if self._resting_until is not None:
                if self._clock() < self._resting_until:
                    raise OutsideUnavailable(Trouble.RESTING)
                # One tries, the others go on resting meanwhile.
                self._resting_until = self._clock() + self._rest
        try:
            yield
        except Exception as error:
            if failure(error):
                self._note_failure()
            else:
                self._note_answer()
            raise
        self._note_answer()

    def _note_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures < self._limit:
                return
            opened = self._resting_until is None
            self._resting_until = self._clock() + self._rest
        if opened:
            log.warning("%s does not answer: not asked for %s s", self._name, self._rest)

    def _note_answer(self) -> None:
        with self._lock:
            closed = self._resting_until is not None
            self._failures, self._resting_until = 0, None
        if closed:
            log.warning("%s answers again", self._name)

    def _replace_lock(self) -> None:
        self._lock = threading.Lock()


def bare(error: E) -> E:
    """The error without its history, for raising outside of the `except` block.

    Frames and chained errors hold requests with secrets, and error trackers look into both.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def after_fork(method: Callable[[], None]) -> None:
    """Call this bound method in every process forked from now on, as long as its object lives.

    Locks, thread-locals and sockets that cross a fork are held by threads that no longer exist.
    """
    reference = weakref.WeakMethod(method)

    def renew() -> None:
        living = reference()
        if living is not None:
            living()

    os.register_at_fork(after_in_child=renew)


def _trouble_of(error: requests.RequestException | HTTPError) -> Trouble:
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    # Refused connections and unknown names are ConnectTimeoutErrors too, in urllib3's family tree.
    if isinstance(reason, ConnectTimeoutError):
        return Trouble.UNREACHED
    if isinstance(error, requests.Timeout | ReadTimeoutError) or isinstance(reason, ReadTimeoutError):
        return Trouble.TIMEOUT
    return Trouble.BROKEN


_LOGGERS_WITH_ADDRESSES = ("urllib3.connection", "urllib3.connectionpool", "urllib3.poolmanager", "urllib3.util.retry")
_QUERY = re.compile(r"\?[^\s\"']+")


def _hide_queries(record: logging.LogRecord) -> bool:
    """A filter that leaves no query string in a record, whatever level somebody sets."""
    record.msg, record.args = _QUERY.sub("?…", record.getMessage()), None
    record.exc_info = record.exc_text = None
    return True

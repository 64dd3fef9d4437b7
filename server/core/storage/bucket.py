"""Files in a bucket of any store that speaks S3: Aliyun OSS, Tencent COS, MinIO, SeaweedFS, Ceph, …

Objects have the names that files have on the disk, `files/ab/ab…`, so moving is copying. An object is there once the
store has said so and not before: nothing is ever half-written. An answer that was lost may leave an object that nobody
knows; like those of the disk it is swept away.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import IntEnum
from typing import Any

import requests
import structlog
import xmltodict

from server.core.outside import Breaker, Http, OutsideUnavailable, Retry, Timeouts, Trouble
from server.core.storage.place import Lost

log = structlog.get_logger(__name__)

FOLDER = "files/"
LARGEST = 32 * 1024 * 1024
"""Bytes of an answer: the largest attachment, or a full page of names."""


class _Answer(IntEnum):
    OK = 200
    NO_CONTENT = 204
    NOT_FOUND = 404


class Bucket:
    """One bucket. Every call ends in time, is tried again once, and rests for a while when the store is down."""

    def __init__(
        self, *, url: str, region: str, key_id: str, secret: str, timeouts: Timeouts, breaker: Breaker | None = None
    ) -> None:
        """`url` is the bucket's own, in either form: `https://bucket.store.example` or `https://store.example/bucket`."""
        from requests_aws4auth import AWS4Auth  # only where there is a bucket

        self._url = url.rstrip("/")
        self._sign = AWS4Auth(key_id, secret, region, "s3")
        self._http = Http(timeouts, most=LARGEST)
        self._retry = Retry(more=1, within=timeouts.longest)
        self._breaker = breaker or Breaker("object storage")

    def write(self, key: str, content: bytes) -> None:
        """Store; the signature covers the content, so what arrives damaged is refused there."""
        self._ask("PUT", _name(key), data=content, expected={_Answer.OK})

    replace = write
    """The store dates it anew, so a file that nobody knows is swept away a day later than otherwise."""

    def read(self, key: str) -> bytes:
        """The content."""
        answer = self._ask("GET", _name(key), expected={_Answer.OK, _Answer.NOT_FOUND})
        if answer.status_code == _Answer.NOT_FOUND:
            raise Lost
        return answer.content

    def delete(self, key: str) -> None:
        self._ask("DELETE", _name(key), expected={_Answer.OK, _Answer.NO_CONTENT, _Answer.NOT_FOUND})

    def has(self, key: str) -> bool:
        answer = self._ask("HEAD", _name(key), expected={_Answer.OK, _Answer.NOT_FOUND})
        return answer.status_code == _Answer.OK

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Names and times of everything, page by page."""
        query = {"list-type": "2", "prefix": FOLDER}
        while True:
            answer = self._ask("GET", "", params=query, expected={_Answer.OK})
            page = xmltodict.parse(answer.content, force_list=("Contents",))["ListBucketResult"]
            for one in page.get("Contents") or ():
                yield one["Key"].rpartition("/")[2], datetime.fromisoformat(one["LastModified"])
            following = page.get("NextContinuationToken")
            if not following:
                return
            query["continuation-token"] = following

    def clear_incoming(self, before: datetime) -> None:
        """There is nothing half-written."""

    def warning(self) -> str | None:
        """Whether it answers."""
        try:
            self.has("0" * 32)
        except OutsideUnavailable as error:
            return f"attachments: the object storage cannot be used ({error.trouble.value})"
        return None

    def _ask(self, method: str, name: str, *, expected: set[_Answer], **kwargs: Any) -> requests.Response:
        def call() -> requests.Response:
            answer = self._http.request(method, f"{self._url}/{name}", auth=self._sign, **kwargs)
            if answer.status_code not in expected:
                # Full, no such bucket, a key that was taken away: its code says which, and holds nothing private.
                log.error("object_storage_refused", method=method, status=answer.status_code, code=_code(answer))
                raise OutsideUnavailable(Trouble.NONSENSE)
            return answer

        with self._breaker.guard(failure=_is_down):
            return self._retry.run(call, again=_may_be_better_at_once)


def _is_down(error: Exception) -> bool:
    return isinstance(error, OutsideUnavailable)


def _may_be_better_at_once(error: Exception) -> bool:
    """A connection that broke; not a store that is slow, or that says no."""
    return isinstance(error, OutsideUnavailable) and error.trouble not in {Trouble.TIMEOUT, Trouble.NONSENSE}


def _name(key: str) -> str:
    return f"{FOLDER}{key[:2]}/{key}"


def _code(answer: requests.Response) -> str | None:
    """S3's word for what is wrong, e.g. `QuotaExceeded`."""
    try:
        return str(xmltodict.parse(answer.content)["Error"]["Code"])
    except Exception:
        return None

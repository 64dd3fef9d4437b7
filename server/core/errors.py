"""What the service says when it cannot do what it was asked: RFC 9457 problem documents with Chinese titles."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from server.core.access import Level
from server.core.said import Said

Errors = Mapping[str, Sequence[str]]
"""Dotted path of a field → sentences about it."""

TITLES = {
    400: "请求的格式不对，请更新小程序后再试",
    401: "请先登录",
    403: "你还不能做这一步",
    404: "没有找到，可能已经撤下或链接不完整",
    405: "这个地址不支持这样的操作",
    406: "这里给不出你要的格式",
    408: "网络太慢，请再试一次",
    409: "情况刚刚有变化，请刷新后再看",
    410: "链接已经过期，请重新打开",
    411: "请求没有说明长度，请更新小程序后再试",
    413: "内容太大了，请删减后再传",
    414: "请求的地址太长了",
    415: "不支持这种格式",
    417: "不支持这样的请求方式，请更新小程序后再试",
    422: "有几处需要改一改",
    428: "请刷新后再试",
    429: "操作太频繁，请稍等一会儿再试",
    431: "请求头太大了",
    500: "我们出了点问题，已经记下，请稍后再试",
    501: "还不支持这样的操作",
    503: "暂时忙不过来，请稍后再试",
}

CODES = {
    400: "malformed",
    401: "token_required",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "internal",
    503: "unavailable",
}


def default_code(status: int) -> str:
    """The machine-readable code of a status that nobody gave a better one."""
    return CODES.get(status) or HTTPStatus(status).name.lower()


class Problem(Exception):
    """Raise anywhere; the answer is `application/problem+json`. Never put personal data in it."""

    def __init__(
        self,
        status: int,
        code: str | None = None,
        title: str | None = None,
        *,
        detail: str | None = None,
        errors: Errors | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.code = code or default_code(status)
        self.title = title or TITLES.get(status, TITLES[500])
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        super().__init__(f"{status} {self.code}")

    def document(self, request_id: str) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "type": f"urn:warmbee:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = {path: list(sentences) for path, sentences in self.errors.items()}
            body |= _reasons(self.errors)
        return body | self.extra | {"request_id": request_id}


def _reasons(errors: Errors) -> dict[str, Any]:
    """The first sentence of each field by its code, for pages in other languages; some have none."""
    first = {path: next(iter(sentences), "") for path, sentences in errors.items()}
    found = {path: sentence.reason() for path, sentence in first.items() if isinstance(sentence, Said)}
    return {"reasons": found} if found else {}


def not_found() -> Problem:
    """Also for what the caller may not know exists."""
    return Problem(404)


def conflict(code: str, title: str) -> Problem:
    """The state does not allow it (any more)."""
    return Problem(409, code, title)


def unprocessable(errors: Errors, *, code: str = "invalid", title: str | None = None) -> Problem:
    """Bad input; keys of `errors` are dotted paths."""
    return Problem(422, code, title, errors=errors)


def too_many(*, retry_after: int, title: str | None = None) -> Problem:
    """Asked too often; `retry_after` in seconds."""
    return Problem(429, title=title, headers={"Retry-After": str(max(1, retry_after))})


def unavailable(*, title: str, detail: str | None = None, retry_after: int = 5) -> Problem:
    """A needed outside system is down; say in `title` or `detail` what was kept."""
    return Problem(503, title=title, detail=detail, headers={"Retry-After": str(retry_after)})


LEVEL_TITLES = {
    Level.L1: "请先用手机号登录，再来办这件事",
    Level.L2: "请先完成实名认证，再来办这件事",
    Level.L3: "这件事需要当面核实身份，请先到服务中心办理",
}


def level_required(level: Level) -> Problem:
    """The caller is known, but not well enough."""
    return Problem(403, "level_required", LEVEL_TITLES[level], extra={"required_level": level.name})

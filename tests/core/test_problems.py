"""Every error is a problem document in Chinese."""

import io
import logging

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.core.web.bodies import MAX_DEPTH, MAX_JSON
from server.core.web.problems import CONTENT_TYPE


def check(answer: object, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status  # type: ignore[attr-defined]
    assert answer.content_type == CONTENT_TYPE  # type: ignore[attr-defined]
    body: dict[str, object] = answer.get_json(force=True)  # type: ignore[attr-defined]
    assert body["status"] == status
    assert body["code"] == code
    assert body["request_id"] == answer.headers["X-Request-Id"]  # type: ignore[attr-defined]
    assert any("\u4e00" <= character <= "\u9fff" for character in str(body["title"]))
    return body


def test_unknown_address(probe_client: FlaskClient) -> None:
    check(probe_client.get("/api/v1/nothing"), 404, "not_found")


def test_wrong_method_names_the_right_ones(probe_client: FlaskClient) -> None:
    answer = probe_client.delete("/api/v1/probe/things")
    check(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"name": "\\ud800"', b"[" * 100_000, b'{"name": NaN}'])
def test_broken_json(probe_client: FlaskClient, body: bytes) -> None:
    check(probe_client.post("/api/v1/probe/things", data=body, content_type="application/json"), 400, "malformed")


@pytest.mark.parametrize("cut", ["\\u0000", "\\ud83d", "\\ude00\\ud83d"])
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('{"name": "a%sb"}', "name"),
        ('{"name": "a", "more": {"rows": [{}, {"month": "%s"}]}}', "more.rows.1.month"),
        ('{"name": "a", "more": {"%s": 1}}', "more"),
        ('{"%s": 1}', None),
    ],
)
def test_text_that_cannot_be_stored_is_refused_with_its_path(
    probe_client: FlaskClient, cut: str, body: str, path: str | None
) -> None:
    answer = check(
        probe_client.post("/api/v1/probe/things", data=body % cut, content_type="application/json"), 422, "invalid"
    )
    sentence = "文字里有不能用的字符，请删掉重新输入"
    assert answer.get("errors") == ({path: [sentence]} if path else None)
    assert answer.get("detail") == (None if path else sentence)


def test_an_emoji_may_be_written_as_two_escapes(probe_client: FlaskClient) -> None:
    body = b'{"name": "\\ud83d\\ude00\\n"}'
    answer = probe_client.post("/api/v1/probe/things", data=body, content_type="application/json")
    assert answer.status_code == 201


def test_a_nul_in_the_query_is_refused_with_its_parameter(client: FlaskClient) -> None:
    body = check(client.get("/api/v1/search?q=%00x"), 422, "invalid")
    assert body["errors"] == {"q": ["文字里有不能用的字符，请删掉重新输入"]}


def test_json_larger_than_any_form(probe_client: FlaskClient) -> None:
    check(probe_client.post("/api/v1/probe/things", json={"name": "x" * MAX_JSON}), 413, "too_large")


def test_another_media_type(probe_client: FlaskClient) -> None:
    check(probe_client.post("/api/v1/probe/things", data="name=x"), 415, "unsupported_media_type")


def test_a_body_that_is_not_an_object(probe_client: FlaskClient) -> None:
    body = check(probe_client.post("/api/v1/probe/things", json=[1]), 422, "invalid")
    # No field to name: a path that is empty is none.
    assert "errors" not in body
    assert body["detail"] == "请求的内容要是一个对象"


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_body_that_is_nested_too_deeply(probe_client: FlaskClient, opening: bytes, closing: bytes) -> None:
    def post(depth: int) -> TestResponse:
        body = b'{"name": ' + opening * depth + b"1" + closing * depth + b"}"
        return probe_client.post("/api/v1/probe/things", data=body, content_type="application/json")

    check(post(MAX_DEPTH - 1), 422, "invalid")
    for depth in (MAX_DEPTH, 600, 1000):
        check(post(depth), 400, "malformed")


@pytest.mark.parametrize("path", ["/api/v1/stations/%00", "/s/%00", "/api/v1/cases/A%00B", "/api/v1/services/%00"])
def test_a_nul_in_an_address(probe_client: FlaskClient, path: str) -> None:
    check(probe_client.get(path), 404, "not_found")


def test_no_body_at_all(probe_client: FlaskClient) -> None:
    body = check(probe_client.post("/api/v1/probe/things"), 422, "invalid")
    assert body["errors"] == {"name": ["这一项必填"]}


def test_errors_are_flat_dotted_paths(probe_client: FlaskClient) -> None:
    answer = probe_client.post(
        "/api/v1/probe/things", json={"name": "", "rows": [{"paid": 1}, {"paid": "x"}], "typo": 1}
    )
    assert check(answer, 422, "invalid")["errors"] == {
        "name": ["要有 1 到 10 个字"],
        "rows.1.paid": ["这里要填整数"],
        "typo": ["没有这一项"],
    }


def test_a_body_over_the_limit(probe_client: FlaskClient) -> None:
    answer = probe_client.post(
        "/api/v1/probe/things", data=b'"' + b"x" * (13 * 1024 * 1024) + b'"', content_type="application/json"
    )
    check(answer, 413, "too_large")


def test_an_unexpected_exception_tells_nothing_and_logs_no_message(
    probe_client: FlaskClient,
) -> None:
    written = io.StringIO()
    copy = logging.StreamHandler(written)
    root = logging.getLogger()
    copy.setFormatter(root.handlers[0].formatter)
    root.addHandler(copy)
    try:
        body = check(probe_client.get("/api/v1/probe/crash"), 500, "internal")
    finally:
        root.removeHandler(copy)
    assert "detail" not in body
    assert "19900000001" not in str(body) + written.getvalue()
    assert "builtins.ValueError" in written.getvalue()


def test_a_given_request_id_is_kept_only_when_it_is_one(probe_client: FlaskClient) -> None:
    assert (
        probe_client.get("/health/live", headers={"X-Request-Id": "abcd-1234"}).headers["X-Request-Id"] == "abcd-1234"
    )
    assert probe_client.get("/health/live", headers={"X-Request-Id": "a b;c"}).headers["X-Request-Id"] != "a b;c"


def test_a_write_in_a_read_only_view_fails_and_leaves_nothing(probe_client: FlaskClient) -> None:
    check(probe_client.get("/api/v1/probe/writes-while-reading"), 500, "internal")

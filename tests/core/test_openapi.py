"""The document and its page."""

import re

from flask.testing import FlaskClient


def test_the_document_is_openapi_3_1(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    assert "/api/v1/notices" in document["paths"]


def test_every_error_is_documented_as_a_problem(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    for operations in paths.values():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            for status, response in operation["responses"].items():
                if status.isdigit() and int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"]


def test_the_page_loads_nothing_from_outside_and_its_files_are_there(client: FlaskClient) -> None:
    answer = client.get("/api/docs")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', answer.get_data(as_text=True))
    local = [address for address in addresses if not address.startswith("data:")]
    assert local
    for address in local:
        assert address.startswith("/")
        assert client.get(address).status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_root_leads_somewhere(client: FlaskClient) -> None:
    assert client.get("/", follow_redirects=True).status_code == 200

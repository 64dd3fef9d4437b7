"""Schemathesis over real HTTP: whatever is sent, no 5xx, no undocumented status, no answer that breaks its schema."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.core.access import Level
from tests.live import LiveServer
from tests.sign_in import SignIn

CHECKS = ",".join(
    (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "unsupported_method",
        "allow_header_conformance",
        "ignored_auth",
    )
)
EXAMPLES = {None: 5, Level.L2: 15}
"""Cases of one operation in each phase. Who is not signed in is turned away by most, whatever they send."""


@pytest.mark.parametrize("level", EXAMPLES)
def test_every_answer_is_as_documented(
    server: LiveServer, sign_in: SignIn, tmp_path: Path, level: Level | None
) -> None:
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        server.url("/api/v1/openapi.json"),
        *("--checks", CHECKS, "--max-examples", str(EXAMPLES[level]), "--phases", "examples,coverage,fuzzing"),
        # One thread: CPython 3.11 counts the depth of syntax trees for all threads together, and hypothesis parses
        # lambdas in each, so that two now and then end in "AST constructor recursion depth mismatch".
        *("--seed", "20260301", "--workers", "1", "--suppress-health-check", "all", "--continue-on-failure"),
        *("--warnings", "off", "--no-color", "--request-timeout", "20"),
    ]
    if level is not None:
        command += ["--header", f"Authorization: Bearer {sign_in(level).token}"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | {"COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]

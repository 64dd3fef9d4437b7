"""The front end's types are those of the service."""

import subprocess
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from tests.live import ROOT


def test_the_generated_types_are_up_to_date(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_bytes(client.get("/api/v1/openapi.json").data)
    command = ["npm", "--prefix", "miniprogram", "run", "-s", "gen:api", "--", str(document), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

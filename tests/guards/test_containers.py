"""What the image holds and how compose.yaml runs it, read without a Docker engine."""

from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from flask import Flask

from dev.image_rehearsal import instructions

ROOT = Path(__file__).parents[2]
OURS = ("migrate", "web", "worker")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text()))


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    return instructions((ROOT / "Dockerfile").read_text())


def test_the_image_runs_as_nobody_in_particular_and_tells_its_health(steps: list[tuple[str, str]]) -> None:
    last = steps[max(number for number, (word, _) in enumerate(steps) if word == "FROM") :]
    said = dict(last)
    assert said["USER"].isdigit()
    assert int(said["USER"]) > 0
    assert "/health/ready" in said["HEALTHCHECK"]
    assert [rest for word, rest in last if word == "RUN" and "pip" in rest] == []


def test_packages_are_installed_by_their_hashes_alone(steps: list[tuple[str, str]]) -> None:
    installing = [rest for word, rest in steps if word == "RUN" and "pip install" in rest]
    assert installing
    assert all("--require-hashes" in rest and "--no-deps" in rest for rest in installing)


def test_every_copied_file_is_there_and_none_is_for_development(steps: list[tuple[str, str]]) -> None:
    for word, rest in steps:
        if word == "COPY" and not rest.startswith("--from"):
            for name in rest.split()[:-1]:
                assert (ROOT / name).exists(), name
                assert name.split("/")[0] not in {".", "dev", "tests", "bench"}


@pytest.mark.parametrize("name", ["migrate", "worker"])
def test_the_commands_of_the_containers_are_there(compose: dict[str, Any], shared_app: Flask, name: str) -> None:
    program, *words = compose["services"][name]["command"]
    assert program == "flask"
    command: click.Command | None = shared_app.cli
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
        assert command is not None, f"flask has no {' '.join(words)}"


@pytest.mark.parametrize("name", [*OURS, "postgres", "redis"])
def test_every_root_is_read_only(compose: dict[str, Any], name: str) -> None:
    assert compose["services"][name]["read_only"] is True


def test_only_the_web_process_has_a_port_and_only_on_this_machine(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert list(ports) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])
    assert compose["networks"]["inside"]["internal"] is True


def test_nothing_serves_before_the_migrations_are_done(compose: dict[str, Any]) -> None:
    for name in ("web", "worker"):
        assert compose["services"][name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}

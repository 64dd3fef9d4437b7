"""Nothing under test can reach an address outside of this machine."""

import subprocess
import sys

import pytest
import requests


def test_this_process_cannot_connect_outside() -> None:
    with pytest.raises(RuntimeError, match=r"198\.51\.100\.1"):
        requests.get("http://198.51.100.1/", timeout=1)


def test_this_process_cannot_even_look_a_name_up() -> None:
    with pytest.raises(RuntimeError, match=r"api\.weixin\.qq\.com"):
        requests.get("https://api.weixin.qq.com/", timeout=1)


def test_processes_that_tests_start_cannot_either() -> None:
    code = "import socket; socket.create_connection(('198.51.100.1', 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "tests stay on this machine" in done.stderr

"""Whether a port is free, and a sentence that helps if it is not."""

import socket
from pathlib import Path

import psutil

from dev.trouble import Busy


def require_free(variable: str, port: int) -> None:
    """Raise Busy if somebody listens on `port`, which the setting `variable` chose."""
    if not is_taken(port):
        return
    other = free_port_from(port + 1)
    raise Busy(
        f"Port {port} is already in use by {_listener(port)}: stop it, or choose another port with {variable}={other}."
    )


def free_port_from(port: int) -> int:
    """The first port from this one on that nobody listens on."""
    return next(candidate for candidate in range(port, port + 1000) if not is_taken(candidate))


def is_taken(port: int) -> bool:
    """Whether somebody listens there, on whichever address. Connections that only linger do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return True
    return False


def _listener(port: int) -> str:
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return f"{_command(psutil.Process(connection.pid))} (process {connection.pid})"
    return "another program"


def _command(process: psutil.Process) -> str:
    """Enough of it to recognise: "python -m http.server 8000"."""
    program, *arguments = process.cmdline() or [process.name()]
    return " ".join([Path(program).name, *arguments])[:60]

"""Put on PYTHONPATH of every process that the tests start: a connection to anywhere but this machine fails loudly."""

import ipaddress
import socket
import sys

LOCAL_NAMES = {"localhost", ""}


class OutsideConnectionError(RuntimeError):
    """The service tried to reach an address that is not on this machine."""


def _is_local(host: str) -> bool:
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        connection, address = arguments
        if getattr(connection, "family", None) in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
            host = str(address[0])
        else:
            return
    elif event == "socket.getaddrinfo":
        host = str(arguments[0])
    else:
        return
    if not _is_local(host):
        raise OutsideConnectionError(f"connection to {host} refused: tests stay on this machine")


def guard() -> None:
    """From now on; an audit hook cannot be taken away again."""
    sys.addaudithook(_check)


if __name__ == "sitecustomize":
    guard()

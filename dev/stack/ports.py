"""Free TCP ports on the loopback interface, the same ones again when they are still free."""

import http.client
import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path

HOST = "127.0.0.1"
# Below the range from which the kernel gives outgoing connections their ports (32768 up on Linux, 49152 up on macOS):
# a server that restarts under load must not find its port taken by a client.
RANGE = range(20_000, 32_000)
ATTEMPTS = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port nobody listens on; drawn at random, so that two who ask at once hardly ever get the same."""
    for _ in range(ATTEMPTS):
        port = random.choice(RANGE)
        if is_free(port):
            return port
    raise OSError("no free port on the loopback interface")


def remembered_ports(file: Path, names: Iterable[str]) -> dict[str, int]:
    """A free port for each name, kept in the file; a name keeps its port for as long as nobody else has taken it."""
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    ports: dict[str, int] = {}
    for name in names:
        port = kept.get(name)
        if port is None or port in ports.values() or not is_free(port):
            port = free_port()
            while port in ports.values():
                port = free_port()
        ports[name] = port
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept | ports, indent=1))
    return ports


def http_status(address: str, path: str = "/", *, method: str = "GET", timeout_seconds: float = 5) -> int | None:
    """The status with which a server at `host:port` answers, None if it does not; no proxy stands between."""
    connection = http.client.HTTPConnection(address, timeout=timeout_seconds)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()

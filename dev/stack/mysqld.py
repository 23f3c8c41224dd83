"""The MariaDB or MySQL server program: where it is, how its data directory is made, how it is started."""

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev.stack import ports
from dev.stack.process import StartFailed

SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/local/mysql/bin")
SOCKET_BYTES = 100  # a Unix socket's path may have 107 on Linux, 103 on macOS
HOW_TO_GET = (
    "No MariaDB or MySQL server was found. Install one (Debian: apt-get install mariadb-server) "
    "or name its binary in GAVEL_MYSQLD."
)


def find_server(env: Mapping[str, str]) -> list[str] | None:
    """The command that runs mariadbd or mysqld: GAVEL_MYSQLD, else the PATH, else where packages put it."""
    if env.get("GAVEL_MYSQLD"):
        return shlex.split(env["GAVEL_MYSQLD"])
    path = os.pathsep.join([env.get("PATH", os.defpath), *SYSTEM_FOLDERS])
    for name in ("mariadbd", "mysqld"):
        if found := shutil.which(name, path=path):
            return [found]
    return None


def server_version(binary: Sequence[str]) -> str:
    """The product and its release, such as "MariaDB 10.11.19" or "MySQL 9.7.0".

    Raises:
        StartFailed: the binary does not run.
    """
    try:
        answer = subprocess.run([*binary, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise StartFailed(f"{shlex.join(binary)} does not run: {error}") from None
    release = answer.split("Ver ", 1)[-1].split()[0]
    return f"{'MariaDB' if 'mariadb' in answer.lower() else 'MySQL'} {release.split('-')[0]}"


def initialise(binary: Sequence[str], directory: Path, *, version: str) -> None:
    """Make the data directory, all or nothing.

    Raises:
        StartFailed: the data there are another product's, or the directory cannot be made.
    """
    data, product = directory / "data", version.split(maxsplit=1)[0]
    if data.exists():
        if (directory / "product").read_text() != product:
            raise StartFailed(f"The data in {data} are not {product}'s. `make reset` forgets them.")
        return
    new = directory / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    result = subprocess.run(
        _initialise_command(binary, new, product=product), capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise StartFailed(f"The database directory could not be made:\n{result.stdout}{result.stderr}")
    (directory / "product").write_text(product)
    new.rename(data)


def _initialise_command(binary: Sequence[str], data: Path, *, product: str) -> list[str]:
    folders = [f"--datadir={data}", f"--tmpdir={own_tmp(data.parent)}"]
    if product == "MySQL":
        return [*binary, "--no-defaults", "--initialize-insecure", *folders, *_user()]
    beside = Path(binary[0]).parent
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(beside), str(beside.parent / "bin")])
    script = shutil.which("mariadb-install-db", path=path)
    if script is None:
        raise StartFailed(f"mariadb-install-db, which belongs to {shlex.join(binary)}, was not found.")
    options = ["--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=32M"]
    return [script, "--no-defaults", *folders, *options, *_user()]


def own_tmp(directory: Path) -> Path:
    """The server's own folder for temporary files: a MariaDB that starts clears its kind out of a shared one."""
    folder = directory.resolve() / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def command(binary: Sequence[str], directory: Path, *, port: int, durable: bool) -> list[str]:
    """The server's command line; what only one product knows is marked loose."""
    socket = _socket(directory)
    sync = "1" if durable else "0"
    return [
        *binary,
        "--no-defaults",
        *_user(),
        f"--datadir={directory / 'data'}",
        f"--tmpdir={own_tmp(directory)}",
        f"--init-file={directory / 'setup.sql'}",
        f"--bind-address={ports.HOST}",
        f"--port={port}",
        f"--socket={socket}",
        f"--pid-file={socket.with_suffix('.pid')}",
        "--skip-name-resolve",
        "--character-set-server=utf8mb4",
        "--default-time-zone=+00:00",
        f"--innodb-flush-log-at-trx-commit={sync}",
        f"--sync-binlog={sync}",
        "--innodb-buffer-pool-size=512M",  # a million bids with their indexes; taken page by page
        "--server-id=1",
        f"--log-bin={directory / 'data' / 'binlog'}",
        "--binlog-expire-logs-seconds=3600",
        "--log-bin-trust-function-creators=1",  # triggers by a user without SUPER
        "--max-connections=300",
        "--loose-binlog-format=ROW",
        "--loose-innodb-log-file-size=32M",
        "--loose-mysqlx=OFF",  # MySQL's second port
        "--loose-performance-schema=OFF",  # 200 MB of memory in MySQL
    ]


def _user() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


def _socket(directory: Path) -> Path:
    """The server's Unix socket: in its directory, or in a private short one if that path would be too long."""
    socket = directory.resolve() / "s.sock"
    if len(os.fsencode(socket)) <= SOCKET_BYTES:
        return socket
    folder = short_folder(directory)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / "s.sock"


def short_folder(directory: Path) -> Path:
    """Where the socket lies when the directory's own path is too long for one; the same folder each time."""
    digest = hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"gavel-{os.geteuid()}-{digest}"

"""A database is restored to a moment from a dump and the binary log, as docs/operations.md says, and the audit agrees.

The dump is taken while people bid, and they go on bidding past the moment. With the tools of the server's product.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from common.config import DatabaseSettings
from common.store.connect import connector
from common.store.migrate import migrate
from common.store.store import Store
from dev.audit.__main__ import main as audit
from dev.stack.database import DatabaseServer, private_server
from dev.stack.functions import function_environment, function_process
from dev.stack.issuer import Issuer
from tests.market import Records
from tests.races.arena import offer_all, wait_until
from tests.races.crowd import Crowd

POSITION = re.compile(r"-- CHANGE (?:MASTER|REPLICATION SOURCE) TO \w+_LOG_FILE='([^']+)', \w+_LOG_POS=(\d+);")


@dataclass(frozen=True, kw_only=True)
class House:
    """A server with a schema on it, and the folder of both."""

    server: DatabaseServer
    folder: Path

    def run(self, *command: str, text: bytes = b"") -> bytes:
        """What a client says that signs in as the one who may everything; its clock is on UTC, as the server's is."""
        root = self.server.root
        where = [f"--host={self.server.host}", f"--port={self.server.port}", f"--user={root.user}"]
        env = {**os.environ, "MYSQL_PWD": root.password, "TZ": "UTC"}
        tool, *options = command
        done = subprocess.run(
            [self.tool(tool), "--no-defaults", *where, *options], input=text, env=env, check=False, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def tool(self, purpose: str) -> str:
        """The program for a purpose: client, dump or binlog."""
        mariadb = self.server.version.startswith("MariaDB")
        name = {"client": "mariadb" if mariadb else "mysql"}.get(
            purpose, f"{'mariadb-' if mariadb else 'mysql'}{purpose}"
        )
        found = shutil.which(name)
        assert found, f"{name} belongs to {self.server.version} and was not found"
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The house that will be lost, its commits durable and in the binary log."""
    with private_server(tmp_path / "lost") as server:
        with closing(connector(DatabaseSettings.from_env(server.environment(server.migrate)))()) as connection:
            migrate(connection, lambda _: None)
        yield House(server=server, folder=tmp_path / "lost")


def place_bid_env(house: House, issuer: Issuer, project: str) -> dict[str, str]:
    """The settings of place_bid there."""
    return function_environment(database=house.server.environment(), issuer=issuer.url, emulator=None, project=project)


def dumped(house: House) -> tuple[bytes, str, str]:
    """A dump of one moment, and the place in the binary log that this moment is: a file and an offset."""
    position = "--master-data=2" if house.server.version.startswith("MariaDB") else "--source-data=2"
    dump = house.run("dump", "--single-transaction", position, "--databases", house.server.schema)
    found = POSITION.search(dump[:10_000].decode(errors="replace"))
    assert found
    return dump, found[1], found[2]


def logged(house: House, first: str, offset: str, until: datetime) -> bytes:
    """What the binary log has from a place to a moment, of whole seconds."""
    files = sorted(path for path in (house.folder / "data").glob("binlog.0*") if path.name >= first)
    stop = f"--stop-datetime={until:%Y-%m-%d %H:%M:%S}"
    return house.run("binlog", f"--start-position={offset}", stop, *(str(path) for path in files))


def test_nothing_acknowledged_before_the_moment_is_lost(
    house: House, issuer: Issuer, project: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of it is there and agrees, nothing later is; and the restored house takes bids."""
    with ExitStack() as stack:
        store = stack.enter_context(closing(Store(DatabaseSettings.from_env(house.server.environment()))))
        lots = offer_all(store, 20)
        function = stack.enter_context(function_process("place_bid", place_bid_env(house, issuer, project)))
        crowd = Crowd([function.url], lots, issuer)
        with crowd.bidding(4):
            wait_until(lambda: len(crowd.acknowledged) > 100, seconds=60)
            dump, file, offset = dumped(house)
            until_dump = len(crowd.acknowledged)
            wait_until(lambda: len(crowd.acknowledged) > until_dump + 100, seconds=60)
            moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
            wait_until(lambda: datetime.now(UTC) >= moment, seconds=60)
            passed = time.monotonic() - (datetime.now(UTC) - moment).total_seconds()
            wait_until(lambda: len(crowd.since(passed + 1.0)) > 100, seconds=60)
        assert crowd.unexpected == []
    log = logged(house, file, offset, moment)

    with private_server(tmp_path / "restored") as server:
        restored = House(server=server, folder=tmp_path / "restored")
        restored.run("client", text=dump)
        restored.run("client", text=log)

        assert audit([], server.environment()) == 0
        summary = json.loads(capsys.readouterr().out)
        assert summary["listings"] == 20
        assert datetime.fromisoformat(summary["newest_bid"]) < moment
        with Records.of(server) as records:
            rows = set(records.rows("SELECT listing_id, seq, idempotency_key, max_amount, price FROM bids"))
        before = {
            (bid.listing_id, bid.seq, bid.key, bid.max_amount, bid.price)
            for bid in crowd.acknowledged
            if bid.at < passed
        }
        assert before <= rows
        assert until_dump + 100 < len(before) <= len(rows) < len(crowd.acknowledged)
        with function_process("place_bid", place_bid_env(restored, issuer, project)) as function:
            again = Crowd([function.url], lots, issuer)
            with again.bidding(2):
                wait_until(lambda: len(again.acknowledged) > 10 or bool(again.unexpected), seconds=60)
        assert again.unexpected == []
        assert audit([], server.environment()) == 0

"""python -m dev.migrate: bring the schema up to date, as the user who may alter it.

Reads the functions' own database settings: CLOUD_SQL_INSTANCE, or DB_HOST and DB_PORT; DB_USER, DB_PASSWORD, DB_NAME.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from common.config import DatabaseSettings, SettingsError
from common.store.connect import connector
from common.store.migrate import MigrationError, migrate

_STATEMENT_SECONDS = 3600  # building an index on a large table takes its time


def main() -> int:
    """Exit status: 0 up to date, 1 not."""
    try:
        settings = replace(
            DatabaseSettings.from_env(os.environ),
            statement_seconds=_STATEMENT_SECONDS,
            network_seconds=_STATEMENT_SECONDS,
        )
        connection = connector(settings)()
        try:
            migrate(connection, lambda name: print(f"applied {name}", flush=True))
        finally:
            connection.close()
    except (MigrationError, SettingsError) as error:
        print(f"migrate: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

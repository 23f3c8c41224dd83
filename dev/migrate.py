"""python -m dev.migrate: bring the schema up to date, as the user who may alter it.

Reads the functions' own database settings: CLOUD_SQL_INSTANCE, or DB_HOST and DB_PORT; DB_USER, DB_PASSWORD, DB_NAME.

Then it defines the analysts' views anew in the schema REPORTING_DB_NAME (reporting), which is made if it is missing,
and lets REPORTING_DB_USER, if that is set, read each of them. That user must exist at host '%', as Cloud SQL's users
do, and have no other right. The user who migrates needs all rights on both schemas and, on the second, the right to
grant: the views read the tables with the rights of the user who made them.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from common.config import DatabaseSettings, SettingsError
from common.store.connect import connector
from common.store.migrate import Analysts, MigrationError, migrate

_STATEMENT_SECONDS = 3600  # building an index on a large table takes its time


def main() -> int:
    """Exit status: 0 up to date, 1 not."""
    try:
        settings = replace(
            DatabaseSettings.from_env(os.environ),
            statement_seconds=_STATEMENT_SECONDS,
            network_seconds=_STATEMENT_SECONDS,
        )
        analysts = Analysts(
            schema=os.environ.get("REPORTING_DB_NAME") or "reporting", user=os.environ.get("REPORTING_DB_USER") or None
        )
        connection = connector(settings)()
        try:
            migrate(connection, lambda name: print(f"applied {name}", flush=True), analysts=analysts)
        finally:
            connection.close()
    except (MigrationError, SettingsError) as error:
        print(f"migrate: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""python -m dev.migrate: bring the schema up to date, as the user who may alter it.

Reads the functions' own database settings: CLOUD_SQL_INSTANCE, or DB_HOST and DB_PORT; DB_USER, DB_PASSWORD, DB_NAME.

The users in FUNCTION_DB_USERS (names with commas between) may then read and write rows. Where REPORTING_DB_PASSWORD is
set, REPORTING_DB_USER is made, or given that password.

Then it defines the analysts' views anew in the schema REPORTING_DB_NAME (reporting), which is made if it is missing,
and lets REPORTING_DB_USER, if that is set, read each of them. Every user is one at host '%', as Cloud SQL's users are,
and the analysts' has no other right. The user who migrates needs all rights on both schemas and the right to grant
them: the views read the tables with the rights of the user who made them.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pymysql

from common.config import DatabaseSettings, SettingsError
from common.store.accounts import BadAccount, admit_analysts, allow_working
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
        workers = [user.strip() for user in os.environ.get("FUNCTION_DB_USERS", "").split(",") if user.strip()]
        password = os.environ.get("REPORTING_DB_PASSWORD")
        connection = connector(settings)()
        try:
            if analysts.user is not None and password:
                admit_analysts(connection, user=analysts.user, password=password)
            migrate(connection, lambda name: print(f"applied {name}", flush=True), analysts=analysts)
            allow_working(connection, users=workers)
        finally:
            connection.close()
    except (BadAccount, MigrationError, SettingsError) as error:
        print(f"migrate: {error}", file=sys.stderr)
        return 1
    except pymysql.MySQLError as error:
        print(f"migrate: the database refuses: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""dbt-duckdb plugin: attaches the raw file read-only, or says in one sentence why it cannot.

Named in `profiles/profiles.yml`; dbt-duckdb calls `configure_connection` on every new database instance.
"""

from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError


class Plugin(BasePlugin):
    """Makes `raw` the catalog of `raw.duckdb`; config: `path`, relative to the project's root."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        self.path = Path(plugin_config["path"])
        # DuckDB makes a file and not its folder; the dev target has one of its own.
        Path(self.creds.path).parent.mkdir(parents=True, exist_ok=True)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        if not self.path.is_file():
            raise DbtRuntimeError(f"There is no raw data at {self.path}: load it first with `make load` (or `make demo`).")
        try:
            conn.execute(f"attach '{str(self.path).replace(chr(39), chr(39) * 2)}' as raw (read_only)")
        except duckdb.IOException as error:
            raise DbtRuntimeError(_sentence(self.path, str(error))) from error


def _sentence(path: Path, error: str) -> str:
    """One sentence with the remedy for what keeps DuckDB from opening the raw file."""
    if "lock" in error:
        return f"Another program is writing to {path} (a load is running?): wait until it has ended, then build again."
    return f"{path} cannot be read as a DuckDB {duckdb.__version__} file: load it anew with `make reset load`."

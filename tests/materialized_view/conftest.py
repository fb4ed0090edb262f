"""dbt's own test projects with nothing in them but our folder of macros, copied as a user would."""

from pathlib import Path
from typing import Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.tests.fixtures.project import *  # noqa: F403 (the fixtures that dbt's test classes take)

from tests.support import ROOT

MACROS = ROOT / "macros" / "materializations"


@pytest.fixture(scope="class", autouse=True)
def no_other_project() -> None:
    """Other tests run dbt in this process, too: what it keeps of their projects for the process would be taken for this one's."""
    reset_adapters()
    DuckDBConnectionManager.close_all_connections()


@pytest.fixture(scope="class")
def macros() -> dict[str, str]:
    """What dbt's `project` writes into the project's macros folder."""
    return {file.name: file.read_text() for file in sorted(MACROS.glob("*.sql"))}


@pytest.fixture(scope="class")
def dbt_profile_target(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A DuckDB file a test class."""
    folder: Path = tmp_path_factory.mktemp("materialized_view")
    return {"type": "duckdb", "path": str(folder / "small.duckdb"), "settings": {"TimeZone": "UTC"}}

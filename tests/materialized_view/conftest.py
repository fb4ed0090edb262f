"""dbt's own test projects with nothing in them but our folder of macros, copied as a user would."""

from pathlib import Path
from typing import Any

import pytest
from dbt.tests.fixtures.project import *  # noqa: F403 (the fixtures that dbt's test classes take)

from tests.support import ROOT

MACROS = ROOT / "macros" / "materializations"


@pytest.fixture(scope="class")
def macros() -> dict[str, str]:
    """What dbt's `project` writes into the project's macros folder."""
    return {file.name: file.read_text() for file in sorted(MACROS.glob("*.sql"))}


@pytest.fixture(scope="class")
def dbt_profile_target(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A DuckDB file a test class."""
    folder: Path = tmp_path_factory.mktemp("materialized_view")
    return {"type": "duckdb", "path": str(folder / "small.duckdb"), "settings": {"TimeZone": "UTC"}}

"""A loyalty service that fails to order, and loads from it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from ingestion import pipelines, settings
from ingestion.destinations import duckdb_raw
from ingestion.failures import unwrapped
from ingestion.grocer import processes
from ingestion.grocer.loyalty.options import CLIENT_ID
from ingestion.pipelines import System
from ingestion.sources import loyalty
from tests.ingestion.grocer.support import Home

SECRET = "a secret"
TABLES = [f"raw_loyalty.{resource}" for resource in loyalty.PATHS]


@dataclass(frozen=True)
class Service:
    """A service of its own at one clock, with all households and no till or drops."""

    url: str
    account: tuple[str, str] = field(default=(CLIENT_ID, SECRET))

    def order(self, **plan: Any) -> None:
        """What goes wrong from now on; nothing without an argument."""
        assert requests.post(f"{self.url}/faults", json.dumps(plan), timeout=10).status_code == 200

    def happened(self) -> dict[str, int]:
        return requests.get(f"{self.url}/faults", timeout=10).json()

    def load(self, folder: Path) -> None:
        """Bring a warehouse's raw to the service's clock."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AISLE_WAREHOUSE", str(folder))
            settings.dlt_folder().mkdir(parents=True, exist_ok=True)
            with duckdb_raw.opened() as raw, unwrapped("loyalty"):
                pipelines.run(raw, System("loyalty", lambda: loyalty.loyalty(self.url, *self.account, raw_keys=raw.keys), dict))


@contextmanager
def serving(folder: Path, until: date) -> Iterator[Service]:
    home = Home(folder, {"LOYALTY_FAULTS": "1"})
    with home.entered():
        listener = processes.listen(0)
        port = listener.getsockname()[1]
        processes.log_file().parent.mkdir(parents=True)
        processes.wait_until_healthy(processes.start(listener, until, None, SECRET), port)
    try:
        yield Service(f"http://{processes.HOST}:{port}")
    finally:
        assert home.down()

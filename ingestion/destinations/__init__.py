"""Where raw can be: each engine opens it as a `Raw`, and the rest of the loader asks no further which one it has."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module

from ingestion.raw_meta import Raw, State


@dataclass(frozen=True)
class Target:
    """An engine that holds raw; its module is imported when it is used, because AWS's SDK and dlt take a second."""

    module: str

    @property
    def opened(self) -> Callable[[], AbstractContextManager[Raw]]:
        """Raw, open for a load; UserError when it cannot be."""
        return import_module(self.module).opened

    @property
    def state(self) -> Callable[[], State | None]:
        """What raw holds, nothing changed; None before the first complete load, UserError when it cannot be read."""
        return import_module(self.module).state


TARGETS = {
    "duckdb": Target("ingestion.destinations.duckdb_raw"),
    "athena": Target("ingestion.destinations.athena_raw"),
}

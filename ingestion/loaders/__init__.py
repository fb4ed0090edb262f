"""How data is fetched, whatever it means: databases by scanners, HTTP APIs page-parallel, files; each may be lifted out."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

import dlt

Item = TypeVar("Item")


def counted(name: str, number: float = 1) -> None:
    """Add to a metric (`bytes`, `retries`, `rejected`) of the dlt resource that is being extracted; the run history keeps it."""
    metrics = dlt.current.resource_metrics()
    metrics[name] = metrics.get(name, 0) + number


def spanned(first_at: datetime | None, last_at: datetime | None) -> None:
    """Widen the range of moments (naive UTC) of what the dlt resource that is being extracted has fetched; a replay asks for it again."""
    metrics = dlt.current.resource_metrics()
    metrics["first_at"] = min((moment for moment in (metrics.get("first_at"), first_at) if moment), default=None)
    metrics["last_at"] = max((moment for moment in (metrics.get("last_at"), last_at) if moment), default=None)


def timed(items: Iterator[Item]) -> Iterator[Item]:
    """The same items; the seconds that fetching them took are added to the metrics of the dlt resource that is being extracted."""
    metrics = dlt.current.resource_metrics()
    metrics.setdefault("seconds", 0.0)
    while True:
        begun = time.perf_counter()
        try:
            item = next(items)
        except StopIteration:
            return
        finally:
            metrics["seconds"] += time.perf_counter() - begun
        yield item

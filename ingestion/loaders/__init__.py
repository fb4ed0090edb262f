"""How data is fetched, whatever it means: databases by DuckDB's scanners, HTTP APIs page-parallel; each may be lifted out."""

import time
from collections.abc import Iterator
from typing import TypeVar

import dlt

Item = TypeVar("Item")


def counted(name: str, number: float = 1) -> None:
    """Add to a metric (`bytes`, `retries`, `rejected`) of the dlt resource that is being extracted; the run history keeps it."""
    metrics = dlt.current.resource_metrics()
    metrics[name] = metrics.get(name, 0) + number


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

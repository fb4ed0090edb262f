"""Loading against the same work without dlt: DuckDB's scanners and `create table as`, and an HTTP client that fetches page after page."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import requests
import sqlalchemy as sa

from benchmarks.latency import delayed
from benchmarks.measure import Figure, in_turn
from ingestion import pipelines, settings
from ingestion.destinations import duckdb_raw
from ingestion.destinations.duckdb_raw import DuckDbRaw
from ingestion.grocer.systems import Grocer
from ingestion.loaders.duckdb_scanner import attached
from ingestion.sources.loyalty import PATHS

LATENCY_SECONDS = 0.02


def figures(grocer: Grocer, runs: int) -> Iterator[Figure]:
    """Each system of the running grocer in turn with its raw equal, into files of their own."""
    loads = {system.name: system for system in pipelines.systems_of(grocer)}
    till, by_scanner = in_turn([lambda: load(loads["pos"]), lambda: copy_till(grocer.till_url)], runs)
    database = sa.make_url(grocer.till_url).get_backend_name()
    limit = "≤ 1.6" if database == "sqlite" else "≤ 2.5"
    what = f"till ({database}), dlt, its totals asked"
    yield Figure(what, 1_469_307 + 92_331, till, "DuckDB's scanner, create table as", by_scanner, limit)
    drops, by_select = in_turn([lambda: load(loads["promotions"]), lambda: copy_drops(grocer.drops)], runs)
    yield Figure("53 promotion files, dlt", 20_940_529, drops, "create table as", by_select, "≤ 1.5")
    with delayed(grocer.loyalty_url, LATENCY_SECONDS) as url:
        slow = {system.name: system for system in pipelines.systems_of(Grocer(**vars(grocer) | {"loyalty_url": url}))}
        api, in_sequence = in_turn([lambda: load(slow["loyalty"]), lambda: walk(url, grocer)], runs)
    yield Figure("loyalty API at 20 ms, dlt", 127_418, api, "one page after the other, nothing stored", in_sequence, "≤ 1")


@contextmanager
def scratch() -> Iterator[Path]:
    """A warehouse of its own for one run, on the disk of the real one."""
    with TemporaryDirectory(dir=settings.warehouse()) as folder, warehouse(Path(folder)):
        yield Path(folder)


@contextmanager
def warehouse(folder: Path) -> Iterator[None]:
    """That folder in place of the real warehouse."""
    before = os.environ.get("AISLE_WAREHOUSE")
    os.environ["AISLE_WAREHOUSE"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["AISLE_WAREHOUSE"]
        else:
            os.environ["AISLE_WAREHOUSE"] = before


def load(system: pipelines.System, kind: type[DuckDbRaw] = DuckDbRaw) -> None:
    """What `python -m ingestion load` does with one system, into a warehouse of its own."""
    with scratch():
        load_more(system, kind)


def load_more(system: pipelines.System, kind: type[DuckDbRaw] = DuckDbRaw) -> None:
    """The same into the warehouse that there is."""
    settings.dlt_folder().mkdir(exist_ok=True)
    with duckdb_raw.opened(), closing(duckdb.connect(str(settings.raw_file()))) as connection:
        pipelines.run(kind(connection), system)


def copy_till(url: str) -> None:
    """Both tables by DuckDB's scanner, straight into a DuckDB file."""
    with scratch() as folder, attached(sa.make_url(url)) as connection:
        connection.execute(f"attach '{folder / 'raw.duckdb'}' as target")
        for table in ("transactions", "products"):
            connection.execute(f"create table target.main.{table} as from {table}")


def copy_drops(drops: str) -> None:
    """All files into one table."""
    with scratch() as folder, duckdb.connect(str(folder / "raw.duckdb")) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"create table promotions as from read_parquet('{drops}/*.parquet')")


def walk(url: str, grocer: Grocer) -> None:
    """Every page of every resource by one connection, each after the one before; the rows are parsed and thrown away."""
    with requests.Session() as session:
        token = session.post(f"{url}/oauth/token", {"grant_type": "client_credentials"}, auth=(grocer.client_id, grocer.client_secret))
        session.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        for path in PATHS.values():
            page = session.get(f"{url}{path}", params={"limit": 1000}).json()
            while page["next_cursor"]:
                page = session.get(f"{url}{path}", params={"limit": 1000, "cursor": page["next_cursor"]}).json()

"""A small warehouse with a dbt project of its own: what serving builds, publishes and reads, in a folder."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from tests.support import ROOT

ROWS = 200
MODELS = {
    "staging/stg_pos__transactions": "select * from {{ source('pos', 'transactions') }}",
    "normalized/nf3_lines": "{{ config(materialized='view') }} select * from {{ ref('stg_pos__transactions') }}",
    "star/fct_sales_lines": "select * from {{ ref('nf3_lines') }}",
    "star/fct_promotions": "select 1 as product_key union all select 2 as product_key",
    "star/dq_findings": "select 'product_not_in_catalogue' as rule_name, 1000 + i as row_count from range(2) as r (i)",
    "wide/obt_sales_lines": "select * from {{ ref('fct_sales_lines') }}",
    "serving/vw_sales": "select version, sum(sales_amount) as sales_amount from {{ ref('obt_sales_lines') }} group by version",
}
PROJECT = """
name: aisle
profile: aisle
flags: {send_anonymous_usage_stats: false}
test-paths: [tests/data]
models:
  aisle:
    staging: {+schema: staging}
    normalized: {+schema: normalized}
    star: {+schema: star, +materialized: table}
    wide: {+schema: wide, +materialized: table}
    serving: {+schema: serving}
"""
PROFILE = """
aisle:
  target: local
  outputs:
    local: &local
      type: duckdb
      path: "{{ env_var('AISLE_WAREHOUSE') }}/aisle.duckdb"
      schema: main
      attach: [{path: "{{ env_var('AISLE_WAREHOUSE') }}/raw.duckdb", alias: raw, read_only: true}]
    dev: {<<: *local, path: "{{ env_var('AISLE_WAREHOUSE') }}/dev/aisle.duckdb", schema: dev}
"""
PROPERTIES = """
sources: [{name: pos, database: raw, schema: raw_pos, tables: [{name: transactions}]}]
models:
  - name: fct_sales_lines
    description: >
      The till's lines,
      one row each. More about them.
    columns: [{name: sales_line_key, data_tests: [unique]}]
"""


@dataclass(frozen=True)
class World:
    """A folder with `raw.duckdb`, what is made of it, a dbt project and its artifacts."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list, compare=False, repr=False)

    @property
    def raw(self) -> Path:
        return self.folder / "raw.duckdb"

    @property
    def built(self) -> Path:
        return self.folder / "aisle.duckdb"

    @property
    def served(self) -> Path:
        return self.folder / "served" / "aisle.duckdb"

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def environment(self) -> dict[str, str]:
        return {
            "AISLE_WAREHOUSE": str(self.folder),
            "DBT_PROJECT_DIR": str(self.project),
            "DBT_PROFILES_DIR": str(self.project / "profiles"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "NO_COLOR": "1",
        }

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start `python …` at the repository's root, outputs piped; the fixture ends it if the test does not."""
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        self.started.append(
            subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=os.environ | self.environment(), text=True, **options)
        )
        return self.started[-1]

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """`python -m serving …` to its end."""
        process = self.start("-m", "serving", *arguments, stdin=subprocess.PIPE)
        out, err = process.communicate(stdin, timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def end(self) -> None:
        """End what was started and still runs."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def make_project(self) -> None:
        files = {f"models/{name}.sql": sql for name, sql in MODELS.items()}
        files |= {"dbt_project.yml": PROJECT, "profiles/profiles.yml": PROFILE, "models/properties.yml": PROPERTIES}
        for name, text in files.items():
            path = self.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        (self.project / "macros").mkdir()
        shutil.copy2(ROOT / "macros" / "generate_schema_name.sql", self.project / "macros")

    def load(self, version: int, **clock: object) -> None:
        """Write raw anew, every line marked with `version`."""
        state = {"as_of_date": "2017-12-31", "households": None, "loaded_at": utc_now()} | clock
        with duckdb.connect(str(self.raw)) as connection:
            connection.execute(
                f"""
                create schema if not exists raw_pos; create schema if not exists raw_meta;
                create or replace table raw_pos.transactions as
                select
                    i as sales_line_key, i % 40 as basket_id, i % 7 as household_id, {version} as version, 1 + i % 53 as grocer_week,
                    ['GROCERY', 'FUEL'][1 + i % 2] as department, ['bronze', 'gold'][1 + i % 2] as tier, i % 4 = 1 as is_on_promotion,
                    cast(i * {version} as decimal(12, 2)) / 100 as sales_amount, cast(0.1 as decimal(12, 2)) as retail_discount_amount,
                    cast(0 as decimal(12, 2)) as coupon_discount_amount, cast(0 as decimal(12, 2)) as coupon_match_discount_amount
                from range({ROWS}) as r (i);
                create or replace table raw_pos.transactions as
                select * replace (cast(sales_amount as decimal(12, 2)) as sales_amount) from raw_pos.transactions;
                create or replace table raw_meta.format as select 1 as version;
                create or replace table raw_meta.source_totals as
                select
                    'pos.transactions' as resource, count(*) as row_count, sum(sales_amount) as sales_amount,
                    sum(retail_discount_amount) as retail_discount_amount, sum(coupon_discount_amount) as coupon_discount_amount,
                    sum(coupon_match_discount_amount) as coupon_match_discount_amount
                from raw_pos.transactions
                union all select 'promotions.promotions', 2, null, null, null, null;
                """
            )
            connection.execute(
                """
                create or replace table raw_meta.clock as
                select timestamp '2018-01-01 05:00:00' as as_of, ?::date as as_of_date, ?::bigint as households, ?::timestamp as loaded_at
                """,
                [state["as_of_date"], state["households"], state["loaded_at"]],
            )

    def artifact(self, name: str, change: Any = None) -> dict[str, Any]:
        """dbt's artifact, after `change` (a function on its contents) was applied and written."""
        path = self.folder / "target" / f"{name}.json"
        contents = json.loads(path.read_text())
        if change:
            change(contents)
            path.write_text(json.dumps(contents))
        return contents

    def build_by_hand(self, version: int) -> None:
        """What a build of raw's `version` does to the file and the results, without dbt's five seconds."""
        started = utc_now()
        with duckdb.connect(str(self.built)) as connection:
            for table in ("star.fct_sales_lines", "wide.obt_sales_lines"):
                connection.execute(f"create or replace table {table} as select * replace ({version} as version) from {table}")
        self.pretend_built(started)

    def pretend_built(self, started: datetime) -> None:
        """Results of a run that began at `started` and ends now."""
        moments = {"invocation_started_at": f"{started.isoformat()}Z", "generated_at": f"{utc_now().isoformat()}Z"}
        self.artifact("run_results", lambda contents: contents["metadata"].update(moments))


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def ago(**time: float) -> datetime:
    return utc_now() - timedelta(**time)

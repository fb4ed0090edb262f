"""The vault's macros beside the formulations they replace, and the forms that a hash key could have, each pair in turn."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import yaml

from benchmarks.measure import ROOT, Figure, in_turn

KEYS, DATES, VERSIONS = 20_000, 30, 10
STAGED, STAGED_MORE, TARGET = 10_000, 500_000, 10_000_000
HUB, HUB_STAGED = 5_000_000, 1_000_000
SATELLITES = ("sat_a", "sat_b", "sat_c")
KEY = "unhex(md5(cast({} as varchar)))"
SAT = (
    "sat(src_pk='hk', src_hashdiff='hashdiff', src_payload=['name'], src_ldts='load_date', src_source='record_source',"
    " source_model='stage')"
)
MODELS = {
    "pit": "pit(source_model='hub', src_pk='hk', as_of_dates_table='dates', satellites={"
    + ", ".join(f"'{name}': {{'pk': {{'pk': 'hk'}}, 'ldts': {{'ldts': 'load_date'}}}}" for name in SATELLITES)
    + "})",
    "sat_large": SAT,
    "sat_small": SAT,
}
ZERO = "unhex(repeat('0', 32))"
# As the public package joins: every satellite to every as-of date at or after its rows, then the latest of the product.
JOINED_PIT = f"""
    select
        hub.hk, dates.as_of_date,
        {", ".join(f"coalesce(max({s}.hk), {ZERO}), coalesce(max({s}.load_date), timestamp '1900-01-01')" for s in SATELLITES)}
    from hub
    cross join dates
    {" ".join(f"left join {s} on hub.hk = {s}.hk and {s}.load_date <= dates.as_of_date" for s in SATELLITES)}
    group by hub.hk, dates.as_of_date
"""
# The latest row of every key of the satellite, then the staged rows that differ from it.
WINDOWED_SAT = """
    with latest as (
        select hk, hashdiff, row_number() over (partition by hk order by load_date desc) as position
        from sat_large
    )
    select stage.*
    from stage
    left join latest on stage.hk = latest.hk and latest.position = 1
    where latest.hk is null or latest.hashdiff <> stage.hashdiff
"""
FORMS = {
    "varchar(32)": "upper(md5(cast({} as varchar)))",
    "16 bytes": KEY,
    "uuid": "cast(md5(cast({} as varchar)) as uuid)",
    "uhugeint": "md5_number(cast({} as varchar))",
}


def figures(folder: Path, runs: int) -> Iterator[Figure]:
    """Tables of drawn keys in a DuckDB file; the macros' SQL is what dbt compiles against it."""
    project = folder / "vault"
    path = write(project)
    with duckdb.connect(str(path)) as connection:
        for statement in tables():
            connection.execute(statement)
    command = [
        str(Path(sys.executable).parent / "dbt"),
        "--quiet",
        "compile",
        "--project-dir",
        str(project),
        "--profiles-dir",
        str(project),
    ]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"dbt compile failed:\n{done.stdout[-4000:]}")
    compiled = {name: (project / "target" / "compiled" / "bench" / "models" / f"{name}.sql").read_text() for name in MODELS}
    with duckdb.connect(str(path), config={"memory_limit": "3GB", "preserve_insertion_order": False}) as connection:

        def seconds(*statements: str) -> list[float]:
            jobs = [lambda sql=sql: connection.execute(f"create or replace temp table made as {sql}").fetchall() for sql in statements]
            return in_turn(jobs, runs)

        pit, joined = seconds(compiled["pit"], JOINED_PIT)
        yield Figure(
            f"pit of {len(SATELLITES)} satellites, {DATES} dates", KEYS * DATES, pit, "satellites joined by range", joined, "≤ 0.05"
        )
        sat, windowed = seconds(compiled["sat_large"], WINDOWED_SAT)
        yield Figure(f"sat, {STAGED:,} keys staged", TARGET, sat, "window over the satellite", windowed, "≤ 0.55")
        for rows, stage, limit in ((STAGED, "stage", ""), (STAGED_MORE, "stage_more", "≤ 1.3")):
            large, small = seconds(*[compiled[name].replace('"stage"', f'"{stage}"') for name in ("sat_large", "sat_small")])
            yield Figure(f"sat, {rows:,} rows staged", TARGET, large, "a tenth of the satellite", small, limit)
        yield from forms(connection, runs)


def forms(connection: duckdb.DuckDBPyConnection, runs: int) -> Iterator[Figure]:
    """A hub's anti-join on each form of the key, the table of which is made beside it."""
    jobs = []
    for number, text in enumerate(FORMS.values()):
        connection.execute(f"create or replace table known_{number} as select {text.format('range')} as hk from range({HUB})")
        staged = f"range({HUB - HUB_STAGED // 2}, {HUB + HUB_STAGED // 2})"
        connection.execute(f"create or replace table staged_{number} as select {text.format('range')} as hk from {staged}")
        sql = f"select hk from staged_{number} as s where not exists (select 1 from known_{number} as k where k.hk = s.hk)"
        jobs.append(lambda sql=sql: connection.execute(f"create or replace temp table made as {sql}").fetchall())
    times = dict(zip(FORMS, in_turn(jobs, runs), strict=True))
    for form in list(FORMS)[1:]:
        limit = "≤ 0.8" if form == "16 bytes" else ""
        yield Figure(f"hub's anti-join, {form}, {HUB_STAGED:,} staged", HUB, times[form], "varchar(32)", times["varchar(32)"], limit)


def tables() -> Iterator[str]:
    """Every satellite has as many versions of each key, at days of its own; both stages name keys that both satellites hold."""
    yield f"create table hub as select {KEY.format('range')} as hk from range({KEYS})"
    yield f"create table dates as select timestamp '2017-01-01' + to_days(cast(range * 12 as integer)) as as_of_date from range({DATES})"
    for number, name in enumerate(SATELLITES):
        yield f"""
            create table {name} as
            select
                {KEY.format("k.range")} as hk,
                timestamp '2017-01-01' + to_days(cast((k.range * 7 + {number}) % 36 + v.range * 36 as integer)) as load_date
            from range({KEYS}) as k, range({VERSIONS}) as v
        """
    for name, rows in (("sat_large", TARGET), ("sat_small", TARGET // 10)):
        yield f"""
            create table {name} as
            select
                {KEY.format(f"range % {rows // 10}")} as hk, {KEY.format("range")} as hashdiff, 'name ' || range as name,
                timestamp '2017-01-01' + to_days(cast(range // {rows // 10} as integer)) as load_date, 'bench' as record_source
            from range({rows})
        """
    known = "case when range < 100000 then cast(range as varchar) else 'new ' || range end"
    for name, rows, key in (("stage", STAGED, "range * 10"), ("stage_more", STAGED_MORE, known)):
        yield f"""
            create table {name} as
            select
                {KEY.format(key)} as hk, {KEY.format("'new' || range")} as hashdiff, 'name ' || range as name,
                timestamp '2018-01-01' as load_date, 'bench' as record_source
            from range({rows})
        """


def write(project: Path) -> Path:
    """A dbt project that has the macros, and models of these names; the path of its DuckDB file."""
    (project / "models").mkdir(parents=True)
    shutil.copytree(ROOT / "macros" / "vault", project / "macros" / "vault")
    path = project / "bench.duckdb"
    outputs = {"dev": {"type": "duckdb", "path": str(path), "schema": "main", "threads": 1}}
    (project / "profiles.yml").write_text(yaml.safe_dump({"bench": {"target": "dev", "outputs": outputs}}))
    settings = {"name": "bench", "profile": "bench", "models": {"bench": {"+materialized": "table"}}}
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    for name in ("hub", "dates", "stage", *SATELLITES):
        (project / "models" / f"{name}.sql").write_text("select 1 as made_beside_dbt\n")
    for name, call in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(f"{{{{ {call} }}}}\n")
    return path

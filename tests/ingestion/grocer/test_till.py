"""The till in both databases: exact, appended to in one transaction, whole or not there."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas
import psycopg2
import pytest

from ingestion.errors import UserError
from ingestion.grocer import clock, data, till
from ingestion.grocer.systems import Grocer
from ingestion.grocer.till_databases import PostgresTill, SqliteTill, configured, place
from tests.ingestion.grocer.support import MID_YEAR, YEAR_END, till_rows

AMOUNTS = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
COUNT_AND_CENTS = f"select count(*), {', '.join(f'sum(cast(round({name} * 100) as bigint))' for name in AMOUNTS)} from transactions"


@pytest.fixture(scope="module")
def year_totals() -> tuple[Any, ...]:
    """Lines and amounts of the first 100 households, summed in cents by pandas from the source."""
    lines = pandas.read_parquet(data.parquet("transactions"))
    lines = lines[lines["household_id"].isin(sorted(lines["household_id"].unique())[:100])]
    return (len(lines), *(Decimal(int((lines[name] * 100).round().astype("int64").sum())) / 100 for name in AMOUNTS))


@pytest.fixture(scope="module")
def mid_year_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("mid_year") / "till.sqlite"
    till.fill(SqliteTill(file), "a", MID_YEAR, 100)
    return file


@pytest.fixture
def mid_year(mid_year_file: Path, tmp_path: Path) -> SqliteTill:
    """The first 100 households' till in the middle of the year, filled for the grocer `a`."""
    return SqliteTill(Path(shutil.copy(mid_year_file, tmp_path)))


def totals(rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    count, *cents = rows[0]
    return (count, *(Decimal(int(amount)) / 100 for amount in cents))


def test_sums_are_exact_and_every_amount_reads_back_to_the_cent(year: Grocer, year_totals: tuple[Any, ...]) -> None:
    assert totals(till_rows(year, COUNT_AND_CENTS)) == year_totals
    assert year_totals[0] == 60_405
    for name in AMOUNTS:
        assert till_rows(year, f"select count(*) from transactions where {name} != round({name}, 2)") == [(0,)]


def test_the_back_office_has_its_indexes(year: Grocer) -> None:
    indexes = till_rows(year, "select tbl_name, group_concat(name) from sqlite_master where type = 'index' group by 1 order by 1")
    assert indexes == [
        ("products", "products_updated_at"),
        ("transactions", "transactions_basket_id_product_id,transactions_recorded_at"),
    ]


def test_the_sequence_is_the_place_in_the_whole_years_log(year: Grocer) -> None:
    rows = till_rows(year, "select sequence, transaction_timestamp, basket_id, product_id, recorded_at from transactions order by sequence")
    assert [row[1:4] for row in rows] == sorted(row[1:4] for row in rows)
    assert all(row[4] == row[1] for row in rows)
    assert rows[-1][0] > 1_000_000, "not numbered anew for the subset"


def test_a_day_is_inclusive_to_its_local_midnight(tmp_path: Path) -> None:
    """The first day shows lines until five hours into the next day of UTC, and none after."""
    database = SqliteTill(tmp_path / "till.sqlite")
    till.fill(database, "a", clock.FIRST_DAY, None)
    with closing(sqlite3.connect(database.path)) as connection:
        assert (
            "2017-01-02 04:00" < connection.execute("select max(transaction_timestamp) from transactions").fetchone()[0] < "2017-01-02 05"
        )


def test_an_increment_appends_and_touches_nothing_else(mid_year: SqliteTill, year: Grocer) -> None:
    assert till.filled_until(mid_year, "a") == MID_YEAR
    with closing(sqlite3.connect(mid_year.path)) as connection:
        connection.execute("update transactions set quantity = -1 where sequence = (select min(sequence) from transactions)")
        connection.commit()
    till.fill(mid_year, "a", YEAR_END, 100)
    assert till.filled_until(mid_year, "a") == YEAR_END
    with closing(sqlite3.connect(mid_year.path)) as connection:
        rows = connection.execute("select * from transactions order by sequence").fetchall()
    assert rows[0][5] == -1
    assert rows[1:] == till_rows(year, "select * from transactions order by sequence")[1:]


def test_an_increment_that_fails_leaves_the_till_as_it_was(mid_year: SqliteTill) -> None:
    with closing(sqlite3.connect(mid_year.path)) as connection:
        connection.execute("create trigger fail before insert on grocer_clock begin select raise(abort, 'pulled plug'); end")
    with pytest.raises(duckdb.Error, match="pulled plug"):
        till.fill(mid_year, "a", YEAR_END, 100)
    assert till.filled_until(mid_year, "a") == MID_YEAR
    with closing(sqlite3.connect(mid_year.path)) as connection:
        assert connection.execute("select count(*) from transactions").fetchone() == (29_361,)


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_another_grocers_or_a_broken_file_is_no_till_of_ours(tmp_path: Path, content: bytes) -> None:
    database = SqliteTill(tmp_path / "till.sqlite")
    database.path.write_bytes(content)
    assert till.filled_until(database, "a") is None
    till.fill(database, "b", MID_YEAR, 1)
    assert till.filled_until(database, "a") is None
    assert till.filled_until(database, "b") == MID_YEAR


@pytest.mark.parametrize("lock", ["immediate", "exclusive"])
def test_a_till_in_use_is_told_in_one_sentence_and_left_alone(mid_year: SqliteTill, lock: str) -> None:
    holder = (
        f"import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('begin {lock}'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", holder, mid_year.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        with pytest.raises(UserError, match="is in use by another program: close that"):
            till.fill(mid_year, "a", YEAR_END, 100)
        process.stdin.close()
    assert till.filled_until(mid_year, "a") == MID_YEAR


def ask_postgres(url: str, sql: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_postgres_holds_the_same_till(postgres: str, year: Grocer, year_totals: tuple[Any, ...]) -> None:
    database = PostgresTill(postgres.replace("postgresql:", "postgres:"))
    assert database.url == postgres
    till.fill(database, "a", MID_YEAR, 100)
    assert ask_postgres(postgres, "select count(*) from transactions") == [(29_361,)]
    till.fill(database, "a", YEAR_END, 100)
    assert till.filled_until(database, "a") == YEAR_END
    sums = "select count(*), sum(sales_value), sum(retail_disc), sum(coupon_disc), sum(coupon_match_disc) from transactions"
    assert ask_postgres(postgres, sums) == [year_totals]
    text = "transaction_timestamp::text, recorded_at::text"
    columns = (
        "sequence, household_id, store_id, basket_id, product_id, quantity, sales_value::float, retail_disc::float, coupon_disc::float"
    )
    columns += f", coupon_match_disc::float, week, {text}"
    assert ask_postgres(postgres, f"select {columns} from transactions order by 1") == till_rows(
        year, "select * from transactions order by sequence"
    )
    assert ask_postgres(postgres, "select count(*), min(updated_at)::text from products") == [(92_331, "2017-01-01 05:00:00")]
    indexes = "select count(*) from pg_indexes where schemaname = 'public' and indexname not like '%pkey'"
    assert ask_postgres(postgres, indexes) == [(3,)]


def test_postgres_is_replaced_for_another_grocer_and_refused_when_it_is_not_ours(postgres: str) -> None:
    database = PostgresTill(postgres)
    till.fill(database, "a", MID_YEAR, 2)
    assert till.filled_until(database, "b") is None
    till.fill(database, "b", MID_YEAR, 1)
    assert till.filled_until(database, "a") is None
    assert ask_postgres(postgres, "select count(distinct household_id) from transactions") == [(1,)]
    with closing(psycopg2.connect(postgres)) as connection:
        connection.cursor().execute("drop table grocer_clock")
        connection.commit()
    with pytest.raises(UserError, match="not this project's: name another database in GROCER_TILL_URL"):
        till.filled_until(database, "a")


def test_an_unfinished_postgres_till_does_not_appear(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(till, "NOTE", "select error('pulled plug')")
    with pytest.raises(duckdb.Error, match="pulled plug"):
        till.fill(PostgresTill(postgres), "a", MID_YEAR, 1)
    assert ask_postgres(postgres, "select count(*) from information_schema.tables where table_schema = 'public'") == [(0,)]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://me:hunter2@127.0.0.1:1/till", r"127\.0\.0\.1:1/till cannot be used \(Connection refused\)"),
        ("postgresql://me:hunter2@nowhere.invalid/till", r"nowhere\.invalid/till cannot be used \(could not translate host name"),
    ],
)
def test_postgres_out_of_reach_is_told_with_its_place_and_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason) as caught:
        till.filled_until(PostgresTill(url), "a")
    assert "unset it to keep the till in SQLite" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_missing_database_is_told(postgres_server: str) -> None:
    with pytest.raises(UserError, match=r'\(database "nothing" does not exist\)'):
        till.filled_until(PostgresTill(f"{postgres_server}/nothing"), "a")


@pytest.mark.parametrize("url", ["mysql://a@b/c", "nonsense", "postgresql://host:port/db"])
def test_other_urls_are_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("GROCER_TILL_URL", url)
    with pytest.raises(UserError, match="GROCER_TILL_URL is not a PostgreSQL address"):
        configured()


def test_a_shown_place_has_no_password() -> None:
    assert place("postgresql://me:hunter2@db:5433/till") == "db:5433/till"
    assert place("sqlite:////tmp/till.sqlite") == "/tmp/till.sqlite"  # noqa: S108

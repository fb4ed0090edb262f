"""Bad input and AWS in bad shape: one sentence with the remedy, exit code 2, and raw's clock as it was."""

from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion import __main__
from ingestion.destinations.athena import check_precision
from ingestion.destinations.aws import client
from ingestion.errors import UserError
from ingestion.raw_meta import SourceTotal
from ingestion.sources import promotions
from tests.ingestion.athena.conftest import HOUSEHOLDS, Loaded

Refused = Callable[..., str]


@pytest.fixture
def refused(increments: Loaded, capfd: pytest.CaptureFixture[str]) -> Iterator[Refused]:
    """Load to Athena in a changed environment, which must fail and leave the clock alone; gives its sentence."""
    clock = increments.clock()
    with increments.entered():

        def run(command: tuple[str, ...] = ("load", "--households", str(HOUSEHOLDS)), **environment: str | None) -> str:
            capfd.readouterr()
            with pytest.MonkeyPatch.context() as patch:
                for name, value in environment.items():
                    if value is None:
                        patch.delenv(name)
                    else:
                        patch.setenv(name, value)
                assert __main__.main([*command, "--to", "athena"]) == 2
            lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("error: ")]
            assert len(lines) == 1
            return lines[0]

        yield run
    assert increments.clock() == clock


NOWHERE = {
    "AWS_ACCESS_KEY_ID": None,
    "AWS_SECRET_ACCESS_KEY": None,
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AISLE_ATHENA_RAW": None, "AISLE_ATHENA_WORKGROUP": None}, "AISLE_ATHENA_RAW, AISLE_ATHENA_WORKGROUP must say where"),
        ({"AISLE_ATHENA_RAW": "a-bucket"}, "AISLE_ATHENA_RAW is 'a-bucket': give an address such as s3://"),
        ({"AISLE_ATHENA_SCHEMA": "my-schema"}, "AISLE_ATHENA_SCHEMA is 'my-schema': give small letters"),
        ({"AISLE_ATHENA_RAW": "s3://not-there/raw/"}, "There is no bucket 'not-there'"),
        ({"AISLE_ATHENA_WORKGROUP": "not-there"}, "There is no workgroup 'not-there'"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "AWS does not answer"),
        ({"AWS_DEFAULT_REGION": None, "AWS_CONFIG_FILE": "/nonexistent"}, "AWS's region is not set: set AWS_DEFAULT_REGION"),
        (NOWHERE, "There are no AWS credentials"),
    ],
    ids=["variables", "address", "schema", "bucket", "workgroup", "endpoint", "region", "credentials"],
)
def test_a_setting_is_missing_or_wrong(environment: dict[str, str | None], said: str, refused: Refused) -> None:
    assert said in refused(**environment)
    assert said in refused(("status",), **environment)


def test_raw_only_moves_forward(refused: Refused) -> None:
    assert "already stands at 2017-12-31, after 2017-06-30" in refused(("load", "--until", "2017-06-30", "--households", str(HOUSEHOLDS)))
    assert "Raw holds the first 20 households: load the same ones again, or start anew with another AISLE_ATHENA_SCHEMA" in refused(
        ("load",)
    )


def test_raw_of_another_format(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("ingestion.raw_meta.FORMAT", 2)
        assert "was made by an older version of Aisle (format 1, now 2)" in refused()


def test_athena_refuses_a_statement(fresh: Loaded, capfd: pytest.CaptureFixture[str]) -> None:
    key = f"{fresh.athena.database('pos')}/products/current/somebody-elses.parquet"
    client("s3").put_object(Bucket=fresh.athena.bucket, Key=key, Body=b"not ours")
    with fresh.entered():
        assert __main__.main(["load", "--to", "athena", "--households", str(HOUSEHOLDS)]) == 2
        told = [line for line in capfd.readouterr().err.splitlines() if line.startswith("error: ")]
        assert len(told) == 1
        assert "Athena refused a statement (" in told[0]
    assert fresh.clock() is None


def test_rows_are_missing_in_raw(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotions, "source_totals", lambda _: {"promotions": SourceTotal(53_321)})
    assert "promotions.promotions has 53,321 rows in its source and 53,320 in raw" in refused()


def test_moments_finer_than_a_millisecond() -> None:
    for micros, refuses in ((1_000, False), (1_001, True)):
        file = pa.BufferOutputStream()
        pq.write_table(pa.table({"sold_at": pa.array([micros], pa.timestamp("us"))}), file)
        with pq.ParquetFile(pa.BufferReader(file.getvalue())) as written:
            if refuses:
                with pytest.raises(UserError, match=r"transactions\.sold_at has moments finer than a millisecond"):
                    check_precision("transactions", written)
            else:
                check_precision("transactions", written)

"""The one table that is made both ways, ELT by dbt and ETL in pandas, has the same cells."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from analyses.etl.sales_by_week_and_department import sales
from tests.support import Warehouse

VIEW = "vw_sales_by_week_and_department"


def test_transformed_before_the_load_or_after_it_the_cells_are_equal(subset: Warehouse, tmp_path: Path) -> None:
    grocer = subset.folder / "grocer"
    pq.write_table(sales(f"sqlite:///{grocer / 'till.sqlite'}", grocer / "drops"), file := tmp_path / "sales.parquet")
    with duckdb.connect(str(subset.built), read_only=True) as connection:
        connection.execute(f"attach '{subset.raw}' as raw (read_only)")
        etl, elt = f"from '{file}'", f"from serving.{VIEW}"
        assert connection.execute(f"describe {etl}").fetchall() == connection.execute(f"describe {elt}").fetchall()
        assert connection.execute(f"{elt} except all {etl}").fetchall() == []
        assert connection.execute(f"{etl} except all {elt}").fetchall() == []
        assert connection.execute(f"select count(*) {elt}").fetchone() == (900,)

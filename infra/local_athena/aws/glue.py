"""Glue operations that Trino and dbt-athena need and moto lacks, or answers otherwise than Glue."""

import copy
import threading
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.glue.exceptions import GlueClientError
from moto.glue.responses import GlueResponse

# Trino leaves these out for a column of nulls only, and fails when it reads statistics without them.
REQUIRED = {
    "StringColumnStatisticsData": {"MaximumLength": 0, "AverageLength": 0.0, "NumberOfNulls": 0, "NumberOfDistinctValues": 0},
    "BinaryColumnStatisticsData": {"MaximumLength": 0, "AverageLength": 0.0, "NumberOfNulls": 0},
}

Key = tuple[str, str, tuple[str, ...]]  # database, table, partition's values

_commits = threading.Lock()
_statistics: dict[Key, dict[str, Any]] = {}  # → column → what Trino or a client wrote
_delete_table = GlueResponse.delete_table


def install() -> None:
    """Give moto's Glue the operations below."""
    for kind in ("table", "partition"):
        setattr(GlueResponse, f"get_column_statistics_for_{kind}", _get_statistics)
        setattr(GlueResponse, f"update_column_statistics_for_{kind}", _update_statistics)
        setattr(GlueResponse, f"delete_column_statistics_for_{kind}", _delete_statistics)
    GlueResponse.get_user_defined_functions = lambda _: ActionResult({"UserDefinedFunctions": []})
    GlueResponse.get_table = _get_table
    GlueResponse.get_tables = _get_tables
    GlueResponse.update_table = _update_table
    GlueResponse.delete_table = _delete_table_and_statistics


def _update_table(self: GlueResponse) -> EmptyResult:
    """Refuse a stale VersionId: an Iceberg commit relies on it, and without it concurrent commits lose rows in silence."""
    wanted = self.parameters
    with _commits:
        table = self.glue_backend.get_table(wanted["DatabaseName"], wanted["TableInput"]["Name"])
        if wanted.get("VersionId", str(table._current_version)) != str(table._current_version):
            raise GlueClientError("ConcurrentModificationException", f"Update table failed due to concurrent modifications: {table.name}")
        table.update(wanted["TableInput"])
    return EmptyResult()


def _get_table(self: GlueResponse) -> ActionResult:
    table = self.glue_backend.get_table(self.parameters["DatabaseName"], self.parameters["Name"])
    return ActionResult({"Table": _as_its_reader_knows_it(self, table.as_dict())})


def _get_tables(self: GlueResponse) -> ActionResult:
    tables = self.glue_backend.get_tables(self.parameters["DatabaseName"], self.parameters.get("Expression"))
    return ActionResult({"TableList": [_as_its_reader_knows_it(self, table.as_dict()) for table in tables]})


def _as_its_reader_knows_it(self: GlueResponse, table: dict[str, Any]) -> dict[str, Any]:
    """Trino (by the SDK for Java) takes a view for one only while its description and comment are untouched, and Athena does not mind."""
    parameters = table.get("Parameters") or {}
    if "aws-sdk-java" not in (self.headers.get("User-Agent") or "") or parameters.get("presto_view") != "true":
        return table
    return {key: value for key, value in table.items() if key != "Description"} | {"Parameters": parameters | {"comment": "Presto View"}}


def _delete_table_and_statistics(self: GlueResponse) -> EmptyResult:
    gone = (self.parameters["DatabaseName"], self.parameters["Name"])
    answer = _delete_table(self)
    for key in [key for key in _statistics if key[:2] == gone]:
        del _statistics[key]
    return answer


def _statistics_key(self: GlueResponse) -> Key:
    """The key of what the request names; GlueClientError when there is no such table or partition."""
    wanted = self.parameters
    table = self.glue_backend.get_table(wanted["DatabaseName"], wanted["TableName"])
    values = wanted.get("PartitionValues") or []
    if values:
        table.get_partition(values)
    return wanted["DatabaseName"], wanted["TableName"], tuple(values)


def _get_statistics(self: GlueResponse) -> ActionResult:
    known = _statistics.get(_statistics_key(self), {})
    names = self.parameters.get("ColumnNames") or []
    missing = [name for name in names if name not in known]
    return ActionResult(
        {
            "ColumnStatisticsList": [known[name] for name in names if name in known],
            "Errors": [{"ColumnName": name, "Error": {"ErrorCode": "EntityNotFoundException"}} for name in missing],
        }
    )


def _update_statistics(self: GlueResponse) -> ActionResult:
    known = _statistics.setdefault(_statistics_key(self), {})
    for given in copy.deepcopy(self.parameters.get("ColumnStatisticsList", [])):
        data = given["StatisticsData"]
        for kind, required in REQUIRED.items():
            if data.get(kind) is not None:
                data[kind] = required | data[kind]
        known[given["ColumnName"]] = given
    return ActionResult({"Errors": []})


def _delete_statistics(self: GlueResponse) -> EmptyResult:
    """Silent when there are none: Trino deletes before it knows, and an error ends every partitioned CTAS."""
    _statistics.get(_statistics_key(self), {}).pop(self.parameters["ColumnName"], None)
    return EmptyResult()

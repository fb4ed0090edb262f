"""Athena's API on moto: what runs queries, and what reads the catalog, is ours; workgroups are moto's, mended."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from moto.athena.responses import AthenaResponse
from moto.s3.models import s3_backends

from infra.local_athena import places
from infra.local_athena.athena import glue_tables, results
from infra.local_athena.athena.executions import SUCCEEDED, Execution, Executions

LARGEST_QUERY = 262_144  # bytes
PAGE = 1000
PATIENCE = 0.5  # seconds
CATALOG = "AwsDataCatalog"
NO_OUTPUT = (
    "No output location provided. An output location is required either through the Workgroup result configuration setting "
    "or as an API input."
)
TOO_LONG = (
    f"Your query has exceeded the maximum query length of {LARGEST_QUERY} bytes. Please reduce the length of your query and try again."
)

NO_SUCH_PAGE = "The NextToken is not valid."

Answer = str | tuple[str, dict[str, int]]
_executions = Executions(places.results())


class InvalidRequestError(Exception):
    """Becomes the API's InvalidRequestException, or the error that `code` names."""

    def __init__(self, text: str, code: str = "InvalidRequestException") -> None:
        super().__init__(text)
        self.code = code


def install() -> None:
    """Put these operations in the place of moto's."""
    for operation in OPERATIONS:
        setattr(AthenaResponse, operation.__name__, _answering(operation))


def _answering(operation: Callable[[AthenaResponse], dict[str, Any]]) -> Callable[[AthenaResponse], Answer]:
    def answer(self: AthenaResponse) -> Answer:
        try:
            return json.dumps(operation(self))
        except InvalidRequestError as refused:
            return json.dumps({"__type": refused.code, "Message": str(refused)}), {"status": 400}

    return answer


# Queries


def start_query_execution(self: AthenaResponse) -> dict[str, Any]:
    text = self._get_param("QueryString") or ""
    if len(text.encode()) > LARGEST_QUERY:
        raise InvalidRequestError(TOO_LONG)
    context = self._get_param("QueryExecutionContext") or {}
    if (context.get("Catalog") or CATALOG).lower() != CATALOG.lower():
        raise InvalidRequestError(f"Local Athena has no catalog but {CATALOG}: {context['Catalog']}")
    name = self._get_param("WorkGroup") or "primary"
    workgroup = _workgroup(self, name)
    if workgroup.state != "ENABLED":
        raise InvalidRequestError(f"WorkGroup {name} is disabled.")
    configuration = workgroup.configuration
    parameters = self._get_param("ExecutionParameters") or []
    token = self._get_param("ClientRequestToken")
    execution = _executions.start(
        text,
        name,
        context,
        _output(self, configuration),
        token=token,
        parameters=parameters,
        bytes_limit=configuration.get("BytesScannedCutoffPerQuery"),
    )
    if (execution.text, execution.workgroup, execution.query.parameters) != (text, name, parameters):
        raise InvalidRequestError("Idempotent parameters do not match")
    return {"QueryExecutionId": execution.id}


def get_query_execution(self: AthenaResponse) -> dict[str, Any]:
    """Athena answers at once. Here the answer waits a while for the end: clients that ask ten times a second cost more than the query."""
    execution = _execution(self)
    execution.wait(PATIENCE)
    return {"QueryExecution": execution.described()}


def batch_get_query_execution(self: AthenaResponse) -> dict[str, Any]:
    wanted = {identifier: _executions.get(identifier) for identifier in self._get_param("QueryExecutionIds") or []}
    unknown = [{"QueryExecutionId": identifier} for identifier, found in wanted.items() if found is None]
    return {
        "QueryExecutions": [found.described() for found in wanted.values() if found],
        "UnprocessedQueryExecutionIds": unknown,
    }


def list_query_executions(self: AthenaResponse) -> dict[str, Any]:
    name = self._get_param("WorkGroup") or "primary"
    _workgroup(self, name)
    return _page(self, "QueryExecutionIds", _executions.of(name), 50)


def get_query_results(self: AthenaResponse) -> dict[str, Any]:
    execution = _execution(self)
    if not execution.ended:
        raise InvalidRequestError(f"Query has not yet finished. Current state: {execution.state}")
    if execution.state != SUCCEEDED:
        raise InvalidRequestError(f"Query did not finish successfully. Final query state: {execution.state}")
    query = execution.query
    page = _stored_page(self, query.file) if query.file.exists() else _page(self, "Rows", query.rows, PAGE)
    data = [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in page.pop("Rows")]
    count = {} if query.update_count is None else {"UpdateCount": query.update_count}
    return {"ResultSet": {"Rows": data, "ResultSetMetadata": {"ColumnInfo": query.columns}}} | count | page


def stop_query_execution(self: AthenaResponse) -> dict[str, Any]:
    _execution(self).stop()
    return {}


def get_query_runtime_statistics(_: AthenaResponse) -> dict[str, Any]:
    raise InvalidRequestError("Local Athena does not implement GetQueryRuntimeStatistics")


# The catalog


def get_data_catalog(self: AthenaResponse) -> dict[str, Any]:
    name = self._get_param("Name")
    if name.lower() != CATALOG.lower():
        raise InvalidRequestError(f"Data catalog {name} was not found")
    return {"DataCatalog": {"Name": name, "Type": "GLUE", "Parameters": {"catalog-id": self.current_account}}}


def list_databases(self: AthenaResponse) -> dict[str, Any]:
    pages = glue_tables.client("glue").get_paginator("get_databases").paginate()
    return _page(self, "DatabaseList", [_database(found) for page in pages for found in page["DatabaseList"]], 50)


def get_database(self: AthenaResponse) -> dict[str, Any]:
    glue = glue_tables.client("glue")
    try:
        return {"Database": _database(glue.get_database(Name=self._get_param("DatabaseName"))["Database"])}
    except glue.exceptions.EntityNotFoundException:
        raise InvalidRequestError(f"Database {self._get_param('DatabaseName')} not found", "MetadataException") from None


def list_table_metadata(self: AthenaResponse) -> dict[str, Any]:
    glue = glue_tables.client("glue")
    wanted = {"DatabaseName": self._get_param("DatabaseName")}
    if pattern := self._get_param("Expression"):
        wanted["Expression"] = pattern
    try:
        pages = list(glue.get_paginator("get_tables").paginate(**wanted))
    except glue.exceptions.EntityNotFoundException:
        raise InvalidRequestError(f"Database {wanted['DatabaseName']} not found", "MetadataException") from None
    return _page(self, "TableMetadataList", [_metadata(table) for page in pages for table in page["TableList"]], 50)


def get_table_metadata(self: AthenaResponse) -> dict[str, Any]:
    database, name = self._get_param("DatabaseName"), self._get_param("TableName")
    found = glue_tables.find(database, name)
    if found is None:
        raise InvalidRequestError(f"EntityNotFoundException: Table {name} not found in {database}", "MetadataException")
    return {"TableMetadata": _metadata(found)}


def _database(found: dict[str, Any]) -> dict[str, Any]:
    return {key: found[key] for key in ("Name", "Description", "Parameters") if found.get(key)}


def _metadata(table: glue_tables.Table) -> dict[str, Any]:
    storage = table["StorageDescriptor"]
    serde = storage.get("SerdeInfo") or {}
    told = {
        "location": storage.get("Location"),
        "inputformat": storage.get("InputFormat"),
        "outputformat": storage.get("OutputFormat"),
        "serde.serialization.lib": serde.get("SerializationLibrary"),
    }
    parameters = {key: value for key, value in told.items() if value} | {
        f"serde.param.{k}": v for k, v in (serde.get("Parameters") or {}).items()
    }
    return {
        "Name": table["Name"],
        "CreateTime": table["CreateTime"].timestamp(),
        "TableType": table.get("TableType", ""),
        "Columns": storage["Columns"],
        "PartitionKeys": table.get("PartitionKeys") or [],
        "Parameters": parameters | (table.get("Parameters") or {}),
    }


# Workgroups


def get_work_group(self: AthenaResponse) -> dict[str, Any]:
    name = self._get_param("WorkGroup")
    _workgroup(self, name)
    return {"WorkGroup": self.athena_backend.get_work_group(name)}


def update_work_group(self: AthenaResponse) -> dict[str, Any]:
    workgroup = _workgroup(self, self._get_param("WorkGroup"))
    if (description := self._get_param("Description")) is not None:
        workgroup.description = description
    if state := self._get_param("State"):
        workgroup.state = state
    _merge(workgroup.configuration, self._get_param("ConfigurationUpdates") or {})
    return {}


def list_tags_for_resource(self: AthenaResponse) -> dict[str, Any]:
    """moto answers with an error for a workgroup without tags."""
    arn = self._get_param("ResourceARN")
    if arn in {workgroup.arn for workgroup in self.athena_backend.work_groups.values()}:
        return self.athena_backend.list_tags_for_resource(arn) or {"Tags": []}
    raise InvalidRequestError(f"Athena Resource, {arn} Does Not Exist")


def _merge(configuration: dict[str, Any], updates: dict[str, Any]) -> None:
    """`RemoveX` takes X away, `XUpdates` changes what lies in X, anything else replaces."""
    for key, value in updates.items():
        if key.startswith("Remove"):
            if value:
                configuration.pop(key.removeprefix("Remove"), None)
        elif key.endswith("Updates"):
            _merge(configuration.setdefault(key.removesuffix("Updates"), {}), value)
        elif isinstance(value, dict) and isinstance(configuration.get(key), dict):
            configuration[key].update(value)
        else:
            configuration[key] = value


def _workgroup(self: AthenaResponse, name: str) -> Any:
    """moto's workgroup; InvalidRequestError when there is none."""
    found = self.athena_backend.work_groups.get(name)
    if found is None:
        raise InvalidRequestError(f"WorkGroup {name} is not found.")
    return found


def _output(self: AthenaResponse, configuration: dict[str, Any]) -> str:
    """Where results go, with a slash at its end: the workgroup's place if it is enforced, else the client's, else the workgroup's."""
    of_workgroup = (configuration.get("ResultConfiguration") or {}).get("OutputLocation")
    of_client = (self._get_param("ResultConfiguration") or {}).get("OutputLocation")
    enforced = configuration.get("EnforceWorkGroupConfiguration")
    location = of_workgroup if enforced else of_client or of_workgroup
    if not location:
        raise InvalidRequestError(NO_OUTPUT)
    place = urlsplit(location)
    if place.scheme != "s3" or not place.netloc:
        raise InvalidRequestError(f"outputLocation is not a valid S3 path: {location}")
    if place.netloc not in s3_backends[self.current_account][self.partition].buckets:
        raise InvalidRequestError(f"Unable to verify/create output bucket {place.netloc}")
    return f"{location.rstrip('/')}/"


def _execution(self: AthenaResponse) -> Execution:
    identifier = self._get_param("QueryExecutionId")
    found = _executions.get(identifier)
    if found is None:
        raise InvalidRequestError(f"QueryExecution {identifier} was not found")
    return found


def _page(self: AthenaResponse, key: str, items: list[Any], largest: int) -> dict[str, Any]:
    """One page of a list, and the token of the next."""
    size, begin = _asked(self, largest)
    if begin > len(items):
        raise InvalidRequestError(NO_SUCH_PAGE)
    end = begin + size
    return {key: items[begin:end]} | ({"NextToken": str(end)} if end < len(items) else {})


def _stored_page(self: AthenaResponse, file: Path) -> dict[str, Any]:
    """One page of a result's rows, its names first, and the token of the next."""
    size, begin = _asked(self, PAGE)
    try:
        rows, following = results.read_csv(file, begin, size)
    except ValueError:
        raise InvalidRequestError(NO_SUCH_PAGE) from None
    return {"Rows": rows} | ({"NextToken": str(following)} if following else {})


def _asked(self: AthenaResponse, largest: int) -> tuple[int, int]:
    """How many items a request asks for, and from where on."""
    size, token = self._get_param("MaxResults") or largest, self._get_param("NextToken") or "0"
    if not 0 < size <= largest:
        raise InvalidRequestError(f"MaxResults is more than maximum allowed length {largest}.")
    if not token.isdigit():
        raise InvalidRequestError(NO_SUCH_PAGE)
    return size, int(token)


OPERATIONS: tuple[Callable[[AthenaResponse], dict[str, Any]], ...] = (
    start_query_execution,
    get_query_execution,
    batch_get_query_execution,
    list_query_executions,
    get_query_results,
    stop_query_execution,
    get_query_runtime_statistics,
    get_data_catalog,
    list_databases,
    get_database,
    list_table_metadata,
    get_table_metadata,
    get_work_group,
    update_work_group,
    list_tags_for_resource,
)

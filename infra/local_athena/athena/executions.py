"""Query executions: started, queued, run on Trino, kept with their results for whoever asks."""

import logging
import threading
import time
import uuid
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.local_athena.athena import glue_tables, results, statements
from infra.local_athena.athena.engine import Engine
from infra.local_athena.athena.errors import QueryCancelledError, QueryError
from infra.local_athena.athena.query import DML, Query

QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED = "QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"
AT_A_TIME = 8
KEPT = 1000  # executions; their result files stay longer
ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}

log = logging.getLogger(__name__)


@dataclass
class Execution:
    """One query: what was asked, how far it is, and what came of it."""

    id: str
    query: Query
    text: str
    workgroup: str
    context: dict[str, str]
    token: str | None = None
    state: str = QUEUED
    submitted: float = field(default_factory=time.time)
    begun: float | None = None
    ended: float | None = None
    failure: QueryError | None = None
    reason: str | None = None
    _done: threading.Event = field(default_factory=threading.Event)

    @property
    def output_file(self) -> str:
        """Where the result is written: a table for a query, lines for DDL, nothing behind the name for a write."""
        written = self.query.update_count is not None or self.query.substatement in ("INSERT", "MERGE", "UPDATE", "DELETE")
        suffix = "" if written else ".csv" if self.query.kind == DML else ".txt"
        return f"{self.query.output}{self.id}{suffix}"

    def work(self) -> None:
        """Run the query to its end; nothing is raised, everything is told by the state."""
        if self.state == CANCELLED:
            return
        self.state, self.begun = RUNNING, time.time()
        try:
            statements.run(self.query)
            self._write_result()
            self._end(SUCCEEDED)
        except QueryCancelledError as cancelled:
            self._end(CANCELLED, str(cancelled))
        except QueryError as failure:
            self._fail(failure)
        except Exception as error:
            log.exception("query %s", self.id)
            self._fail(QueryError("GENERIC_INTERNAL_ERROR", f"Local Athena failed ({type(error).__name__}: {error})"))

    def stop(self) -> None:
        """Cancel it, unless it has ended."""
        if self.state == QUEUED:
            self._end(CANCELLED, "Query was cancelled by the user.")
        self.query.engine.cancel()

    def wait(self, seconds: float) -> None:
        """Until it has ended, but no longer than so many seconds."""
        self._done.wait(seconds)

    def _write_result(self) -> None:
        if self.query.update_count is not None:
            return
        place = urlsplit(self.output_file)
        with self.query.file.open("rb") if self.query.file.exists() else BytesIO(results.as_text(self.query.rows)) as body:
            glue_tables.client("s3").put_object(Bucket=place.netloc, Key=place.path.lstrip("/"), Body=body)

    def _fail(self, failure: QueryError) -> None:
        self.failure = failure
        self._end(FAILED, str(failure))

    def _end(self, state: str, reason: str | None = None) -> None:
        self.ended, self.reason, self.state = time.time(), reason, state
        self._done.set()

    def described(self) -> dict[str, Any]:
        """The API's QueryExecution."""
        now = time.time()
        begun, ended = self.begun or self.ended or now, self.ended or now
        status = {"State": self.state, "SubmissionDateTime": self.submitted}
        status |= {"CompletionDateTime": self.ended} if self.ended else {}
        status |= {"StateChangeReason": self.reason} if self.reason else {}
        status |= {"AthenaError": self.failure.as_athena_error()} if self.failure else {}
        return {
            "QueryExecutionId": self.id,
            "Query": self.text,
            "StatementType": self.query.kind,
            **({"SubstatementType": self.query.substatement} if self.query.substatement else {}),
            **({"ExecutionParameters": self.query.parameters} if self.query.parameters else {}),
            "ResultConfiguration": {"OutputLocation": self.output_file},
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": self.context,
            "Status": status,
            "Statistics": {
                "DataScannedInBytes": self.query.engine.scanned_bytes,
                "EngineExecutionTimeInMillis": _milliseconds(begun, ended),
                "QueryQueueTimeInMillis": _milliseconds(self.submitted, begun),
                "TotalExecutionTimeInMillis": _milliseconds(self.submitted, ended),
                "ResultReuseInformation": {"ReusedPreviousResult": False},
            },
            "WorkGroup": self.workgroup,
            "EngineVersion": ENGINE,
        }


class Executions:
    """The last thousand executions, the folder of their results, and the threads that work on them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: OrderedDict[str, Execution] = OrderedDict()
        self._by_token: dict[str, Execution] = {}
        self._workers = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="query")

    def start(self, text: str, workgroup: str, context: dict[str, str], output: str, **optional: Any) -> Execution:
        """Queue a query. `optional`: token, parameters, bytes_limit. The same token again gives the same execution."""
        token = optional.get("token")
        if token in self._by_token:
            return self._by_token[token]
        engine = Engine((context.get("Database") or "default").lower(), optional.get("bytes_limit"))
        statement = text.strip().rstrip(";").rstrip()
        identifier = str(uuid.uuid4())
        query = Query(statement, engine.database, output, engine, self._folder / identifier, optional.get("parameters") or [])
        execution = Execution(identifier, query, text, workgroup, context, token)
        self._known[execution.id] = execution
        if token:
            self._by_token[token] = execution
        self._forget_the_oldest()
        self._workers.submit(execution.work)
        return execution

    def get(self, identifier: str) -> Execution | None:
        return self._known.get(identifier)

    def of(self, workgroup: str) -> list[str]:
        """The identifiers of a workgroup's executions, latest first."""
        return [known.id for known in reversed(list(self._known.values())) if known.workgroup == workgroup]

    def _forget_the_oldest(self) -> None:
        while len(self._known) > KEPT and next(iter(self._known.values())).ended:
            _, oldest = self._known.popitem(last=False)
            self._by_token.pop(oldest.token or "", None)
            oldest.query.file.unlink(missing_ok=True)


def _milliseconds(begun: float, ended: float) -> int:
    return max(0, round((ended - begun) * 1000))

"""Why a query failed, in Athena's words."""

SYSTEM, USER = 1, 2

# Athena's error catalog: the type that an error's name stands for; a user's error that is not listed is 1000.
TYPES = {
    "GENERIC_INTERNAL_ERROR": 200,
    "EXCEEDED_LOCAL_MEMORY_LIMIT": 1,
    "EXCEEDED_GLOBAL_MEMORY_LIMIT": 1,
    "ICEBERG_COMMIT_ERROR": 233,
}
USER_ERROR = 1000
RETRYABLE = ("ICEBERG_COMMIT_ERROR",)


class QueryError(Exception):
    """A query's failure: `name` as Trino and Athena have it (empty for the texts of Athena's Hive statements), and what it says."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}" if name else text)
        self.name = name

    def as_athena_error(self) -> dict[str, object]:
        """The API's AthenaError."""
        return {
            "ErrorCategory": SYSTEM if self.name in TYPES else USER,
            "ErrorType": TYPES.get(self.name, USER_ERROR),
            "Retryable": self.name in RETRYABLE,
            "ErrorMessage": str(self),
        }


class QueryCancelledError(Exception):
    """Athena ended the query itself."""


def not_implemented(what: str) -> QueryError:
    """Athena may know it; the local one does not, and says so."""
    return QueryError("NOT_SUPPORTED", f"Local Athena does not implement {what}")


def hive_failure(text: str) -> QueryError:
    """A failure in the form that Athena gives those of DDL."""
    return QueryError("", f"FAILED: {text}")

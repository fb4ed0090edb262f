"""How the types of databases become types of contracts: what is kept exactly, and what is refused because it cannot be.

DuckDB's scanner reads some values as others and says nothing: a numeric NaN as 0, a numeric without precision as a double, a moment
after the year 294247 as one before Christ, an array from 5 to 6 as one from 1 to 2. Such types are refused by their names, such values
by `refusal`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ingestion.errors import UserError
from ingestion.schemas import Contract

LAST_MOMENT = "294247-01-10 04:00:54.775806"  # of DuckDB's 64 bits of microseconds
LONGEST = 38  # digits of DuckDB's widest decimal
ELEMENTS = ("smallint", "integer", "bigint", "boolean", "varchar", "uuid")  # what JSON says in one way only


@dataclass(frozen=True)
class Kind:
    """A row of the mapping: PostgreSQL's types, the contract's name, what Parquet and dlt hold, what becomes of odd values."""

    postgres: str
    contract: str
    arrow: str
    dlt: str
    remark: str = ""


MAPPING = (
    Kind("smallint", "smallint", "int16", "bigint, 16 bits", "a contract may promise a wider integer"),
    Kind("integer", "integer", "int32", "bigint, 32 bits", "a contract may promise bigint"),
    Kind("bigint", "bigint", "int64", "bigint"),
    Kind("numeric(p,s), p to 38, s from 0 to p", "decimal(p,s)", "decimal128(p,s)", "decimal", "NaN is refused"),
    Kind("real, double precision", "double", "double", "double", "NaN and infinities are kept; a real keeps its binary value"),
    Kind("boolean", "boolean", "bool", "bool"),
    Kind("text, varchar(n), char(n), name, enum", "varchar", "string", "text", "blanks that pad a char(n) are not kept"),
    Kind("uuid", "uuid", "string", "text", "in lower case, with hyphens; a contract may promise uuid of a text"),
    Kind("json, jsonb", "json", "string", "json", "the text as PostgreSQL writes it; a contract may promise json of a text"),
    Kind("bytea", "blob", "binary", "binary"),
    Kind("date", "date", "date32", "date", "4713 BC to 5874897 and both infinities are kept"),
    Kind("timestamp", "timestamp", "timestamp[us]", "timestamp", f"infinities are kept; after {LAST_MOMENT} is refused"),
    Kind("timestamptz", "timestamptz", "timestamp[us, UTC]", "timestamp", f"the moment, not the zone; after {LAST_MOMENT} UTC is refused"),
    Kind("time", "time", "time64[us]", "time", "24:00:00 is refused"),
    Kind(
        f"arrays of {', '.join(ELEMENTS)}",
        "varchar[], …",
        "string",
        "json",
        "a JSON array; more than one dimension or a bound not 1 is refused",
    ),
)
REFUSED = (
    "numeric without precision, of more than 38 digits, or with a scale below 0 or above the precision; time with time zone; interval; "
    "money; arrays of other types; domains, composites, ranges, bit strings, network addresses, geometry, xml and every type that is "
    "not above"
)

SIMPLE: tuple[tuple[type[sa.types.TypeEngine[object]], str], ...] = (  # the first that fits
    (sa.Boolean, "boolean"),
    (sa.SmallInteger, "smallint"),
    (sa.BigInteger, "bigint"),
    (sa.Integer, "integer"),
    (sa.Float, "double"),
    (sa.Uuid, "uuid"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "blob"),
    (postgresql.BYTEA, "blob"),
    (sa.String, "varchar"),
    (sa.Date, "date"),
)


def contract_type(sql: sa.types.TypeEngine[object]) -> str | None:
    """The contract's name of a reflected type; None for one that raw cannot hold exactly."""
    if isinstance(sql, sa.Numeric) and not isinstance(sql, sa.Float):
        return f"decimal({sql.precision},{sql.scale})" if _is_exact(sql) else None
    if isinstance(sql, sa.DateTime):
        return "timestamptz" if sql.timezone else "timestamp"
    if isinstance(sql, sa.Time):
        return None if sql.timezone else "time"
    if isinstance(sql, sa.ARRAY):
        element = contract_type(sql.item_type)
        return f"{element}[]" if element in ELEMENTS and not isinstance(sql.item_type, sa.Enum) else None
    return next((name for kind, name in SIMPLE if isinstance(sql, kind)), None)


def _is_exact(sql: sa.Numeric[object]) -> bool:
    return sql.precision is not None and sql.scale is not None and 0 <= sql.scale <= sql.precision <= LONGEST


def found(contract: Contract, columns: Mapping[str, sa.types.TypeEngine[object]]) -> dict[str, str]:
    """The types of a table's columns, to compare with the promised ones; UserError for a promised column that raw cannot hold exactly."""
    return {name: _found(contract, name, kind) for name, kind in columns.items()}


def _found(contract: Contract, name: str, kind: sa.types.TypeEngine[object]) -> str:
    exact, promised = contract_type(kind), contract.type_of(name)
    spelled = "of no known type" if isinstance(kind, sa.types.NullType) else f"of type {kind}"
    if exact is None and promised is not None:
        raise UserError(
            f"{contract.name}: {name} is {spelled}, which raw cannot hold exactly: "
            "change it in the source to a type that docs/loading-tables.md lists, or load a view that casts it."
        )
    # a text may be a uuid or a json
    return promised if promised in ("uuid", "json") and exact == "varchar" else exact or spelled


def refusal(name: str, promised: str) -> str | None:
    """When PostgreSQL holds a value that the promised type cannot hold, in its own SQL; None when it never does."""
    if promised.endswith("[]"):
        return f'(array_ndims("{name}") > 1 or array_lower("{name}", 1) <> 1)'
    if promised.startswith("decimal"):
        return f"\"{name}\" = 'NaN'"
    if promised == "time":
        return f"\"{name}\" = '24:00:00'"
    if promised in ("timestamp", "timestamptz"):
        zone = "+00" if promised == "timestamptz" else ""
        return f"(\"{name}\" > '{LAST_MOMENT}{zone}' and \"{name}\" <> 'infinity')"
    return None


def table_of_types() -> str:
    """The mapping as a table of Markdown, for docs/loading-tables.md."""
    head = ("PostgreSQL", "contract", "Arrow, Parquet", "dlt", "values")
    rows = [head, ("---",) * len(head), *((kind.postgres, kind.contract, kind.arrow, kind.dlt, kind.remark) for kind in MAPPING)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)

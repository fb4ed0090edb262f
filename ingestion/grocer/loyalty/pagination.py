"""Pages of a prepared resource. A cursor holds the place of the last row before its page, so it keeps its meaning under a later clock."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from ingestion.grocer.loyalty.problems import Problem
from ingestion.grocer.loyalty.resources import TIMESTAMP_FORMAT, Prepared
from ingestion.grocer.loyalty.signing import Signer

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100


@dataclass(frozen=True)
class Selection:
    """The rows of a request: from index `first` to the last, of `total` that `updated_since` lets through."""

    prepared: Prepared
    since: str | None
    first: int
    total: int


def select(prepared: Prepared, signer: Signer, updated_since: datetime | None, cursor: str | None) -> Selection:
    """What a request asks for; Problem 400 for a cursor that is not this resource's, or `updated_since` where nothing is dated."""
    since = None if updated_since is None else _since(prepared, updated_since)
    place = None
    if cursor is not None:
        place, since = _read(prepared, signer, cursor, since)
    begin = 0 if since is None else bisect_left(prepared.places, (since,))
    first = begin if place is None else bisect_right(prepared.places, place)
    return Selection(prepared, since, first, len(prepared.rows) - begin)


def page(selection: Selection, signer: Signer, limit: int) -> bytes:
    """The JSON text of a page: `{"data": […], "next_cursor": … or null, "total": …}`."""
    rows = selection.prepared.rows
    end = selection.first + limit
    following = f'"{_cursor(selection, signer, end)}"' if end < len(rows) else "null"
    return b'{"data":[%b],"next_cursor":%b,"total":%d}' % (b",".join(rows[selection.first : end]), following.encode(), selection.total)


def cursors(selection: Selection, signer: Signer, limit: int) -> list[str]:
    """The cursor of every page; none when there is no row."""
    return [_cursor(selection, signer, index) for index in range(selection.first, len(selection.prepared.rows), limit)]


def _cursor(selection: Selection, signer: Signer, index: int) -> str:
    """The cursor of the page that begins with the row at `index`."""
    place = selection.prepared.places[index - 1] if index > 0 else None
    return signer.sign([selection.prepared.resource.name, selection.since, place])


def _read(prepared: Prepared, signer: Signer, cursor: str, since: str | None) -> tuple[tuple[Any, ...] | None, str | None]:
    value = signer.read(cursor)
    if value is None or value[0] != prepared.resource.name:
        raise Problem(HTTPStatus.BAD_REQUEST, "cursor: not one that this resource gave: begin again without it.")
    _, cursor_since, place = value
    if since not in (None, cursor_since):
        raise Problem(HTTPStatus.BAD_REQUEST, "updated_since: the cursor was made for another one: leave it out.")
    return (None if place is None else tuple(place)), cursor_since


def _since(prepared: Prepared, moment: datetime) -> str:
    """`moment` as the rows write theirs, up to the next whole second; without an offset it is UTC."""
    if prepared.resource.moment is None:
        raise Problem(HTTPStatus.BAD_REQUEST, f"updated_since: {prepared.resource.name} have no date of change: read them whole.")
    utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return (utc + timedelta(microseconds=-utc.microsecond % 1_000_000)).strftime(TIMESTAMP_FORMAT)

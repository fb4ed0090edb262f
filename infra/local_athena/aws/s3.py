"""Two deletions that moto answers with an error 500.

It lists a bucket from a copy of its keys but looks each up in the living dictionary, so a delete meanwhile ends the listing; and it cannot
delete the marker that a deletion left in a versioned bucket, which Terraform does to empty one.
"""

from collections.abc import Iterator
from typing import Any

from moto.s3.models import FakeDeleteMarker
from moto.s3.utils import _VersionedKeyStore


def install() -> None:
    """Let a listing read names and values from one copy, and a marker be deleted."""
    FakeDeleteMarker.dispose = _nothing_to_dispose_of
    for prefix in ("", "iter", "_iter"):
        setattr(_VersionedKeyStore, f"{prefix}items", _items)
        setattr(_VersionedKeyStore, f"{prefix}values", _values)
        setattr(_VersionedKeyStore, f"{prefix}lists", _lists)


def _nothing_to_dispose_of(_: FakeDeleteMarker) -> None:
    """A marker has no content on disk."""


def _lists(store: _VersionedKeyStore) -> Iterator[tuple[str, list[Any]]]:
    return iter(dict(store).items())


def _items(store: _VersionedKeyStore) -> Iterator[tuple[str, Any]]:
    return ((key, versions[-1]) for key, versions in _lists(store) if versions)


def _values(store: _VersionedKeyStore) -> Iterator[Any]:
    return (value for _, value in _items(store))

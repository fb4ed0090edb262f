"""Parquet files that arrive in a folder or under an S3 prefix: which are there, in which version, and a path to read each from."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from ingestion.errors import UserError

MAGIC = b"PAR1"  # a Parquet file begins and ends with it
STILL_WRITTEN = timedelta(minutes=1)
DOWNLOADS_AT_ONCE = 4
BUCKET = re.compile(r"s3://(?P<bucket>[^/]+)/*(?P<prefix>.*?)/*")


@dataclass(frozen=True)
class File:
    """A file as its place lists it; `version` changes with the content (and may change without: a copied file has a new time)."""

    name: str
    version: str
    size: int
    modified: datetime

    @property
    def by_age(self) -> tuple[datetime, str]:
        return self.modified, self.name


class Place(Protocol):
    """Where files arrive."""

    def files(self, pattern: str) -> list[File]:
        """What lies directly there and has such a name, the oldest first; UserError when the place cannot be listed."""

    def local(self, files: Iterable[File], folder: Path) -> Iterator[tuple[File, Path]]:
        """Each file with a path to read it from, in `folder` when it has to be fetched; UserError when it cannot be."""


def place(address: str) -> Place:
    """The place at a path or at `s3://bucket/prefix`."""
    bucket = BUCKET.fullmatch(address)
    return Prefix(**bucket.groupdict()) if bucket else Folder(Path(address))


@dataclass(frozen=True)
class Folder:
    """A folder of this machine, or one that is mounted; its files are read where they are."""

    path: Path

    def files(self, pattern: str) -> list[File]:
        if not self.path.is_dir():
            raise UserError(f"There is no folder {self.path}: make it, or correct the address, then load again.")
        found = ((path.name, path.stat()) for path in self.path.glob(pattern) if path.is_file())
        files = (
            File(name, f"{seen.st_size}-{seen.st_mtime_ns}", seen.st_size, datetime.fromtimestamp(seen.st_mtime, UTC))
            for name, seen in found
        )
        return sorted(files, key=lambda file: file.by_age)

    def local(self, files: Iterable[File], folder: Path) -> Iterator[tuple[File, Path]]:  # noqa: ARG002 (nothing is fetched)
        for file in files:
            path = self.path / file.name
            if not os.access(path, os.R_OK):
                raise UserError(f"{path} may not be read: let this user read it, then load again.")
            yield file, path


@dataclass(frozen=True)
class Prefix:
    """What an S3 bucket holds under a prefix, reached as AWS's SDK is told (AWS_PROFILE, AWS_ENDPOINT_URL, …)."""

    bucket: str
    prefix: str

    @cached_property
    def _s3(self) -> Any:
        from ingestion.destinations.aws import client  # the SDK takes half a second: only who has a bucket waits for it

        return client("s3")

    @property
    def _folder(self) -> str:
        return f"{self.prefix}/" if self.prefix else ""

    def files(self, pattern: str) -> list[File]:
        from ingestion.destinations.aws import refusals

        with refusals():
            pages = list(self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._folder, Delimiter="/"))
        files = (
            File(item["Key"].removeprefix(self._folder), item["ETag"].strip('"'), item["Size"], item["LastModified"])
            for page in pages
            for item in page.get("Contents", [])
        )
        return sorted((file for file in files if fnmatch(file.name, pattern)), key=lambda file: file.by_age)

    def local(self, files: Iterable[File], folder: Path) -> Iterator[tuple[File, Path]]:
        from ingestion.destinations.aws import refusals

        def fetch(file: File) -> tuple[File, Path]:
            self._s3.download_file(self.bucket, f"{self._folder}{file.name}", str(folder / file.name))
            return file, folder / file.name

        with refusals(), ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
            fetched = list(pool.map(fetch, files))
        yield from fetched


def arriving(file: File, path: Path) -> bool:
    """Whether somebody may still be writing it: it has no end yet, and had no time to get one."""
    return datetime.now(UTC) - file.modified < STILL_WRITTEN and not _ends(path)


def _ends(path: Path) -> bool:
    with path.open("rb") as content:
        if content.seek(0, os.SEEK_END) < len(MAGIC):
            return False
        content.seek(-len(MAGIC), os.SEEK_END)
        return content.read() == MAGIC


def digest(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

"""Folders of Parquet files under raw's S3 address: a load's files of a table lie in `<database>/<table>/_dlt_load_id=<id>/`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ingestion.destinations.aws import Athena, client
from ingestion.raw_meta import LOAD_ID

LAYOUT = f"{{table_name}}/{LOAD_ID}={{load_id}}/{{file_id}}.{{ext}}"
MOST_DELETIONS = 1000  # of objects, in one call


@dataclass(frozen=True)
class Bucket:
    """S3 as raw uses it; folders are relative to raw's address and without a slash at the end."""

    athena: Athena

    @cached_property
    def _s3(self) -> Any:
        return client("s3")

    def address(self, folder: str) -> str:
        return f"{self.athena.raw}/{folder}"

    def put(self, path: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self.athena.bucket, Key=f"{self.athena.prefix}{path}", Body=body)

    def has_files(self, folder: str) -> bool:
        """Whether anything lies in a folder."""
        return bool(self._s3.list_objects_v2(Bucket=self.athena.bucket, Prefix=self._prefix(folder), MaxKeys=1).get("KeyCount"))

    def files(self, folder: str) -> Iterator[str]:
        """The names of the files in a folder and below, relative to it."""
        prefix = self._prefix(folder)
        for page in self._pages(prefix):
            yield from (item["Key"].removeprefix(prefix) for item in page.get("Contents", []))

    def folders(self, folder: str) -> Iterator[str]:
        """The names of the folders in a folder."""
        prefix = self._prefix(folder)
        for page in self._pages(prefix, Delimiter="/"):
            yield from (item["Prefix"].removeprefix(prefix).rstrip("/") for item in page.get("CommonPrefixes", []))

    def remove(self, folder: str) -> None:
        """Delete every file in a folder and below."""
        names = list(self.files(folder))
        for start in range(0, len(names), MOST_DELETIONS):
            keys = [{"Key": f"{self._prefix(folder)}{name}"} for name in names[start : start + MOST_DELETIONS]]
            self._s3.delete_objects(Bucket=self.athena.bucket, Delete={"Objects": keys, "Quiet": True})

    def _prefix(self, folder: str) -> str:
        return f"{self.athena.prefix}{folder}/"

    def _pages(self, prefix: str, **listing: str) -> Any:
        return self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.athena.bucket, Prefix=prefix, **listing)


def load_folder(database: str, table: str, load_id: str) -> str:
    """Where a load's files of a table lie."""
    return f"{database}/{table}/{LOAD_ID}={load_id}"

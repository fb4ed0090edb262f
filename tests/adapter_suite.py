"""The yardstick of the local Athena: dbt-athena's own functional tests, from its source package; its maintainers run them on AWS."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local_athena import clients, install, lake, places, systems
from infra.local_athena.state import State
from ingestion import errors, settings
from ingestion.errors import UserError

PACKAGE = "dbt-athena"
SHA256 = {"1.11.1": "6eebf322665af918c4a3f7b621ed115d54df0617eaed14cbacf4ed9de761502c"}  # of the source package
UPSTREAM_BUCKET = "dbt-athena-integration-testing"  # one test names it
CATALOG_TESTS = "tests/functional/adapter/catalog_integrations/test_catalogs_v2.py"
# A snapshot whose moments have three digits: Athena documents that Iceberg takes six only, and so do we.
REFUSED_HERE = f"{CATALOG_TESTS}::TestAthenaV2CatalogSnapshot::test_catalog_snapshot_iceberg"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.adapter_suite", description=__doc__, epilog="example: python -m tests.adapter_suite -k snapshot"
    )
    _, rest = parser.parse_known_args()
    return errors.run(lambda: _run(rest))


def _run(rest: list[str]) -> int:
    settings.warehouse().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="adapter-suite-", dir=settings.warehouse()) as folder:
        tests = unpacked(Path(folder))
        os.environ["AISLE_WAREHOUSE"] = folder
        try:
            install.install()
            known, _ = systems.up()
            lake.make(known)
            clients.make(known, "s3").create_bucket(Bucket=UPSTREAM_BUCKET)
            command = [sys.executable, "-m", "pytest", "--numprocesses", "3", "-q", "--disable-warnings", "-p", "no:cacheprovider"]
            command += ["--ignore", "tests/functional/adapter/test_python_submissions.py", "--deselect", REFUSED_HERE]  # no Spark here
            return subprocess.run([*command, "tests/functional", *rest], cwd=tests, env=environment(known), check=False).returncode
        finally:
            systems.down()


def unpacked(folder: Path) -> Path:
    """The source package of the adapter that is installed; UserError when it is not to be had, or not the one that is known."""
    wanted = version(PACKAGE)
    pip = shutil.which("pip3") or shutil.which("pip")
    if pip is None:
        raise UserError("pip is not on the PATH, and downloads the adapter's tests: put a Python with pip on it.")
    download = [pip, "download", "--quiet", "--no-deps", "--no-binary", PACKAGE, "--dest", str(folder), f"{PACKAGE}=={wanted}"]
    if subprocess.run(download, check=False).returncode:
        raise UserError(f"The source package of {PACKAGE} {wanted} could not be downloaded: see to what pip says, then run the same again.")
    [archive] = folder.glob("*.tar.gz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256.get(wanted):
        raise UserError(f"{archive.name} is not the package that tests/adapter_suite.py knows: look at it, then write its SHA-256 there.")
    with tarfile.open(archive) as package:
        package.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def environment(known: State) -> dict[str, str]:
    """The adapter's own variables, on top of the SDK's."""
    own = {
        "S3_STAGING_DIR": f"s3://{places.RESULTS}/",
        "S3_TMP_TABLE_DIR": f"s3://{places.DATA}/temporary/",
        "REGION_NAME": places.REGION,
        "DATABASE": "awsdatacatalog",
        "SCHEMA": "suite",
        "WORK_GROUP": "primary",
        "THREADS": "4",
        "POLL_INTERVAL": "0.1",
        "NUM_RETRIES": "2",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "AWS_"))}
    return inherited | known.environment() | {f"DBT_TEST_ATHENA_{name}": value for name, value in own.items()}


if __name__ == "__main__":
    sys.exit(main())

"""A copy of the configuration to work in, and an AWS of moto to make it in. One plan and one apply serve all tests."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.terraform import tool
from tests.support import ROOT

START_SECONDS = 60
SECONDS = 300
REGION = "us-east-1"
COUNTS = re.compile(r"(\d+) (?:added|changed|destroyed)")
VARIABLES = {
    "bucket_prefix": "aisle",
    "force_destroy": True,
    "alert_emails": ["somebody@example.com"],
    "daily_scan_alarm_bytes": 10**12,
}


@dataclass(frozen=True)
class Workspace:
    """A folder with the configuration, and the environment that points Terraform at the test's own AWS."""

    program: str
    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        """Run Terraform, which must succeed; gives what it printed."""
        done = subprocess.run(
            [self.program, f"-chdir={self.folder}", *arguments, "-no-color"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == 0, f"terraform {' '.join(arguments)} exited {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr}"
        return done.stdout

    def variables(self, **values: object) -> None:
        (self.folder / "test.auto.tfvars.json").write_text(json.dumps(VARIABLES | values))

    def change(self, verb: str) -> tuple[int, ...]:
        """Apply or destroy; gives how many resources were added, changed and destroyed, or destroyed only.

        Much at a time, since the provider mostly sleeps between its questions. What is applied is planned first, so the figures tell what a
        plan would: a plan of its own takes ten seconds of a processor.
        """
        told = self.run(verb, "-input=false", "-auto-approve", "-parallelism=40")
        return tuple(map(int, COUNTS.findall(told.rpartition("complete! Resources: ")[2])))

    def plan(self) -> dict[str, Any]:
        """What Terraform would make, as its JSON; the configuration is checked on the way, and a warning fails the test."""
        told = self.run("plan", "-input=false", "-out=test.tfplan")
        assert "Warning:" not in told, told
        return json.loads(self.run("show", "-json", "test.tfplan"))

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


def copy_configuration(folder: Path) -> Path:
    for file in tool.FOLDER.glob("*.tf"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="session")
def terraform() -> str:
    """The program. Skips where there is none."""
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("Terraform is not on the PATH: the infrastructure is not tested here")
    return program


@pytest.fixture(scope="session")
def plugins() -> Path:
    """Where the AWS provider lies. Skips without one: tests download nothing."""
    found = tool.plugins()
    if found is None:
        pytest.skip(f"No folder holds Terraform's AWS provider (name one by {tool.PLUGINS}): the infrastructure is not tested here")
    return found


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a moto server of our own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (tmp_path_factory.mktemp("moto") / "log").open("w+") as log:
        server = subprocess.Popen([sys.executable, "-m", "tests.infra.terraform.server", str(port)], cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait_until_it_listens(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture(scope="session")
def workspace(terraform: str, plugins: Path, aws: str, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The initialised configuration, with nothing made yet."""
    folder = copy_configuration(tmp_path_factory.mktemp("terraform"))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    made = Workspace(
        terraform,
        folder,
        inherited
        | {
            "AWS_ENDPOINT_URL": aws,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            "GOGC": "400",  # the provider's schema is a lot of small memory, which its collector would walk through again and again
        },
    )
    made.run("init", "-input=false", f"-plugin-dir={plugins}")
    made.variables()
    return made


@pytest.fixture(scope="session")
def planned(workspace: Workspace) -> list[dict[str, Any]]:
    """The resources of a plan from nothing, with a budget: moto cannot read a budget back, so it is planned and never made."""
    workspace.variables(monthly_budget_usd=50)
    try:
        return workspace.plan()["planned_values"]["root_module"]["resources"]
    finally:
        workspace.variables()


def _wait_until_it_listens(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert server.poll() is None, "moto ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except OSError:
            assert time.monotonic() < deadline, "moto does not listen"
            time.sleep(0.1)
        else:
            return

"""Up, down, status: what happens when a part is missing, dies, or is somebody else's. The engine is a stand-in here."""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local_athena import clients, install, places, state, systems, trino_server
from infra.local_athena.__main__ import parser
from ingestion.errors import UserError

pytestmark = pytest.mark.usefixtures("_nothing_left")


@pytest.fixture
def _nothing_left(fake_engine: Path) -> Iterator[Path]:
    yield fake_engine
    systems.down()


def kill(part: systems.Part) -> None:
    process = part.process_id()
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def status() -> int:
    arguments = parser().parse_args(["status"])
    return arguments.func(arguments)


def test_a_second_up_finds_the_first_and_down_leaves_nothing() -> None:
    known, started = systems.up()
    assert started
    assert systems.up() == (known, False)
    assert status() == 0
    processes = [part.process_id() for part in (systems.AWS, systems.TRINO)]
    assert systems.down()
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert state.read() is None
    assert not systems.down()


def test_a_killed_trino_is_told_and_up_starts_it_again_with_the_lake_kept(capsys: pytest.CaptureFixture[str]) -> None:
    known, _ = systems.up()
    clients.make(known, "s3").create_bucket(Bucket="kept")
    kill(systems.TRINO)
    assert status() == 1
    assert "Trino has ended" in capsys.readouterr().out
    with pytest.raises(UserError, match=r"^Trino has ended .* run `python -m infra.local_athena up` again\.$"):
        systems.require()
    again, started = systems.up()
    assert started
    assert (again.identity, again.aws_port) == (known.identity, known.aws_port)
    assert clients.make(again, "s3").list_buckets()["Buckets"][0]["Name"] == "kept"
    assert not systems.problems(again)


def test_a_killed_aws_side_is_told_and_up_starts_both_anew() -> None:
    known, _ = systems.up()
    trino = systems.TRINO.process_id()
    kill(systems.AWS)
    with pytest.raises(UserError, match=r"^The AWS side has ended"):
        systems.require()
    again, _ = systems.up()
    assert again.identity != known.identity
    assert systems.TRINO.process_id() != trino
    assert not systems.problems(again)


def test_an_engine_that_does_not_start_is_told_with_its_cause_and_the_aws_side_is_stopped(fake_engine: Path) -> None:
    fake_engine.write_text("fails")
    with pytest.raises(UserError, match=r"^Trino did not start \(java.net.BindException: Address already in use; see .*trino.log\)"):
        systems.up()
    assert systems.AWS.process_id() is None
    assert state.read() is None


def test_an_engine_that_is_never_ready_is_stopped_after_the_limit(fake_engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_engine.write_text("never ready")
    monkeypatch.setattr(systems, "START_SECONDS", 3)
    with pytest.raises(UserError, match=r"^Trino was not ready in 3 seconds"):
        systems.up()
    assert (systems.AWS.process_id(), systems.TRINO.process_id()) == (None, None)


def test_a_taken_port_is_told_and_nothing_starts() -> None:
    with socket.create_server((places.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"^Port {port} on 127.0.0.1 cannot be used"):
            systems.up(port)
    assert systems.AWS.process_id() is None


def test_what_is_not_installed_is_told_before_anything_starts() -> None:
    install.home().rmdir()
    with pytest.raises(UserError, match=r"^Trino 476 is not installed: run `python -m infra.local_athena install`"):
        systems.up()
    assert not places.folder().exists()


@pytest.mark.parametrize("heap", ["2", "lots", "512M", "-2G"])
def test_a_heap_that_is_none_is_told(heap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_ATHENA_HEAP", heap)
    with pytest.raises(UserError, match=f"^AISLE_ATHENA_HEAP is '{heap}'"):
        systems.up()


def test_the_heap_and_the_compiler_are_the_ones_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = []
    monkeypatch.setattr(trino_server.PART.__class__, "start", lambda _, command, **__: commands.append(command))
    for heap, full_jit in (("2G", False), ("1536M", True)):
        trino_server.start(state.State("0", 1, 2, heap, full_jit))
    assert [("-Xmx2048m" in command, set(trino_server.QUICK) <= set(command)) for command in commands] == [(True, True), (False, False)]
    assert "-Xmx1536m" in commands[1]


def test_a_stranger_on_trinos_port_is_not_taken_for_ours() -> None:
    known, _ = systems.up()
    stranger = state.State("0" * 16, known.aws_port, known.trino_port, "2G")
    assert trino_server.answers(known)
    assert not trino_server.answers(stranger)
    assert not systems.aws_answers(stranger)


@pytest.mark.parametrize("service", ["s3", "glue"])
def test_credentials_of_an_earlier_instance_are_refused(service: str) -> None:
    known, _ = systems.up()
    stale = clients.options(known) | {"aws_access_key_id": state.access_key("0" * 16)}
    client = boto3.session.Session().client(service, **stale)
    with pytest.raises(ClientError, match="of a local Athena that has ended"), contextlib.closing(client):
        client.list_buckets() if service == "s3" else client.get_databases()

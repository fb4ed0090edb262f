"""`python -m ingestion grocer`, as a user runs it: what it prints, and one sentence for each mistake."""

import socket

import pytest

from tests.ingestion.grocer.support import Home


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--until", "June"], "error: 'June' is not a date: write a day as YYYY-MM-DD, for example 2017-06-30."),
        (["--until", "2018-01-01"], "error: 2018-01-01 lies outside the data: choose a day from 2017-01-01 to 2017-12-31."),
        (["--households", "0"], "error: 0 households are none: choose 1 or more, or leave --households out for all of them."),
        (["--loyalty-port", "99999"], "error: Port 99999 on 127.0.0.1 cannot be used: choose another one with --loyalty-port, "),
    ],
)
def test_a_mistake_is_told_in_one_sentence(home: Home, arguments: list[str], sentence: str) -> None:
    done = home.command("grocer", "up", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_told(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = home.command("grocer", "up", "--households", "1", "--loyalty-port", str(port))
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: Port {port} on 127.0.0.1 is in use: ")


def test_postgres_out_of_reach_is_told(home: Home) -> None:
    done = Home(home.folder, {"GROCER_TILL_URL": "postgresql://me:hunter2@127.0.0.1:1/till"}).command("grocer", "up", "--households", "1")
    assert done.returncode == 2
    assert done.stderr.startswith("error: PostgreSQL at 127.0.0.1:1/till cannot be used (Connection refused): start it, ")
    assert "hunter2" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_status_down_and_reset_without_a_grocer(home: Home) -> None:
    status, down, reset = (home.command("grocer", verb) for verb in ("status", "down", "reset"))
    assert (status.returncode, status.stdout) == (1, "There is no grocer yet: start one with `python -m ingestion grocer up`.\n")
    assert (down.returncode, down.stdout) == (0, "The loyalty service was not running.\n")
    assert (reset.returncode, reset.stdout) == (0, "There was no grocer.\n")
    assert list(home.folder.iterdir()) == []


def test_a_grocer_by_commands(home: Home) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    up = home.command("grocer", "up", "--until", "2017-01-31", "--households", "2", "--loyalty-port", str(port))
    assert up.returncode == 0, up.stderr
    assert "The grocer at the end of 2017-01-31, the first 2 households" in up.stdout
    assert "drops (6 files)" in up.stdout
    assert [line.partition(":")[0] for line in up.stderr.splitlines()] == ["Till", "Promotion drops", "Loyalty API"]
    assert f"http://127.0.0.1:{port}" in up.stdout
    assert home.running().loyalty_url == f"http://127.0.0.1:{port}"
    back = home.command("grocer", "up", "--until", "2017-01-30", "--households", "2")
    assert back.returncode == 2
    assert back.stderr.startswith("error: The grocer's clock stands at 2017-01-31 and cannot go back to 2017-01-30: run `make reset` ")
    assert home.command("grocer", "down").stdout == "The loyalty service is stopped; the data stays.\n"
    status = home.command("grocer", "status")
    assert status.returncode == 1
    assert "stopped: start it with" in status.stdout
    assert home.command("grocer", "reset").stdout == "The grocer is stopped and its data removed.\n"
    assert not (home.folder / "grocer").exists()

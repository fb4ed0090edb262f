"""What every server has: a name, a port, a clock."""

import socket
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ingestion.doctor import SECONDS, Skipped, Trouble

MOST_SKEW_SECONDS = 60


def resolved(host: str, setting: str) -> str:
    """The address behind a name."""
    try:
        return str(socket.getaddrinfo(host, None)[0][4][0])
    except (OSError, UnicodeError):
        raise Trouble("name-unknown", f"No machine is called {host!r}: correct {setting}, or see that the network's names work.") from None


def answering(host: str, port: int, remedy: str) -> str:
    """Whether anything accepts a connection there."""
    try:
        socket.create_connection((host, port), SECONDS).close()
    except ConnectionRefusedError:
        raise Trouble("wrong-port", f"Nothing listens on port {port} of {host}: {remedy}.") from None
    except OSError as error:
        reason = "no answer in time" if isinstance(error, TimeoutError) else error.strerror or type(error).__name__
        raise Trouble("port-silent", f"Port {port} of {host} cannot be reached ({reason}): see whether a firewall is between.") from None
    return f"port {port} answers"


def agreeing(theirs: float, whose: str) -> str:
    """Whether a clock (seconds since 1970) is that of this machine, or nearly."""
    skew = theirs - datetime.now(UTC).timestamp()
    if abs(skew) > MOST_SKEW_SECONDS:
        raise Trouble(
            "clock-skew",
            f"The clock of {whose} is {abs(skew):,.0f} s {'ahead of' if skew > 0 else 'behind'} this machine's: "
            "set whichever is wrong (chronyd or timedatectl), because cursors and tokens stand on it.",
        )
    return f"{abs(skew):.0f} s apart"


def dated(header: str | None, whose: str) -> str:
    """Whether the Date of an answer agrees."""
    if not header:
        raise Skipped("the answer has no Date")
    return agreeing(parsedate_to_datetime(header).timestamp(), whose)

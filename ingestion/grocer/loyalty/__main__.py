"""`python -m ingestion.grocer.loyalty`: one server at one clock, in the foreground; `python -m ingestion grocer up` runs it as a child."""

import argparse
import socket
import sys

import uvicorn

from ingestion import errors
from ingestion.grocer import clock, processes
from ingestion.grocer.loyalty import app, options
from ingestion.grocer.loyalty.faults import Faults

GRACE_SECONDS = 2


def main() -> int:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m ingestion.grocer.loyalty", description=__doc__)
    parser.add_argument("--until", default=str(clock.LAST_DAY), help="the last visible day, YYYY-MM-DD (default %(default)s)")
    parser.add_argument("--households", type=int, help="only those with the N smallest ids (default all)")
    listen = parser.add_mutually_exclusive_group()
    listen.add_argument("--port", type=int, default=0, help="on 127.0.0.1 (default a free one)")
    listen.add_argument("--fd", type=int, help="a listening socket that the parent process opened")
    arguments = parser.parse_args()

    with processes.alive():
        told = options.from_environment()
        application = app.create(told, clock.parse_date(arguments.until), arguments.households)
        config = uvicorn.Config(
            Faults(application) if told.faults else application,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        listener = processes.listen(arguments.port) if arguments.fd is None else socket.socket(fileno=arguments.fd)
        with listener:
            uvicorn.Server(config).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(errors.run(main))

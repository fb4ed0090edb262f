"""Starts the page: Streamlit in this process, on this machine only, asking nothing of any other."""

import socket
import sys
from pathlib import Path

from ingestion.errors import UserError
from serving.metrics import served
from serving.queries import Query

HOST = "127.0.0.1"
APP = Path(__file__).with_name("app.py")
OPTIONS = {
    "server_address": HOST,
    "server_headless": True,
    "server_fileWatcherType": "none",
    "server_enableXsrfProtection": True,
    "browser_gatherUsageStats": False,
    "browser_serverAddress": HOST,
    "client_toolbarMode": "minimal",
    "client_showErrorDetails": "none",
    "client_showErrorLinks": False,
    "logger_level": "error",
    "logger_hideWelcomeMessage": True,
}


def launch(port: int) -> None:
    """Show the page until Ctrl-C. UserError when nothing that can be read is published, or the port is taken."""
    port = _free(port)
    from streamlit import config

    from serving.page import doors

    options = OPTIONS | {"server_port": port}
    for name, value in options.items():
        config.set_option(name.replace("_", ".", 1), value)
    doors.shut()
    _warm_up()
    from streamlit.web import bootstrap

    sys.stdout.write(f"http://{HOST}:{port} shows the page; Ctrl-C ends it.\n")
    sys.stdout.flush()
    bootstrap.run(str(APP), is_hello=False, args=[], flag_options=options)


def _warm_up() -> None:
    """What the first reader would wait for: imports, the first compilation, and the disk."""
    with served() as metrics:
        from serving.page import dashboard, explorer, four_models, models  # noqa: F401

        metrics.answer(Query(dashboard.HEADLINES))


def _free(port: int) -> int:
    """The port, or a free one for 0."""
    if not 0 <= port <= 65535:
        raise UserError(f"{port} is no port: choose 0 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UserError(f"Port {port} is taken ({error.strerror}): choose another with --port.") from error
        return probe.getsockname()[1]

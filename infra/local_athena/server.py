"""The AWS side: moto's services with our Glue and S3, and Athena on Trino. Started by `up` with a socket that listens already."""

import argparse
import json
import logging
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from infra.local_athena import places, state
from infra.local_athena.athena import api
from infra.local_athena.aws import dispatch, glue, lake_formation, s3

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SIGNED_WITH = re.compile(rf"Credential=({state.KEY_PREFIX}[0-9A-F]+)(?:/|%2F)[^/%]*(?:/|%2F)[^/%]*(?:/|%2F)(\w+)")


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="the listening socket, handed over by `up`")
    arguments = parser.parse_args()
    known = state.read()
    if known is None:
        sys.exit(f"error: started without a state: use `{places.COMMAND} up`")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    dispatch.install()
    glue.install()
    lake_formation.install()
    s3.install()
    api.install()
    application = guarded(DomainDispatcherApplication(create_backend_app), known.identity)
    server = make_server(places.HOST, known.aws_port, application, threaded=True, request_handler=MotoRequestHandler, fd=arguments.fd)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    shutil.rmtree(places.results(), ignore_errors=True)  # those of a server that was killed
    places.results().mkdir()
    try:
        server.serve_forever()
    finally:
        shutil.rmtree(places.results(), ignore_errors=True)


def guarded(application: Wsgi, identity: str) -> Wsgi:
    """Tell who we are, and refuse a client of another local Athena: it would find an empty lake, or somebody else's."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == places.HEALTH_PATH:
            return _answer(start_response, "200 OK", "application/json", json.dumps({"identity": identity}))
        signed = SIGNED_WITH.search(environ.get("HTTP_AUTHORIZATION", "") + environ.get("QUERY_STRING", ""))
        if signed and signed[1] != state.access_key(identity):
            sentence = f"These credentials are of a local Athena that has ended: take the present ones from `{places.COMMAND} env`."
            if signed[2] == "s3":
                body = f"<Error><Code>InvalidAccessKeyId</Code><Message>{sentence}</Message></Error>"
                return _answer(start_response, "403 Forbidden", "application/xml", body)
            body = json.dumps({"__type": "UnrecognizedClientException", "message": sentence})
            return _answer(start_response, "403 Forbidden", "application/x-amz-json-1.1", body)
        return application(environ, start_response)

    return serve


def _answer(start_response: Callable[..., Any], status: str, kind: str, body: str) -> Iterable[bytes]:
    content = body.encode()
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(content)))])
    return [content]


if __name__ == "__main__":
    main()

"""Patience with HTTP servers: which failures are worth another try, after which pause, and when it is enough."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import requests

from ingestion.errors import UserError

ATTEMPTS = 6  # of one request
BUDGET = 60  # tries beyond the first, of all requests of a client together
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10
LONGEST_WAIT_SECONDS = 300  # of one request
UNAUTHORIZED = 401
BUSY = 429
SERVER_FAULT = 500
UNREACHED = (requests.ConnectionError, requests.Timeout)
CUT_OFF = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError, requests.exceptions.JSONDecodeError)
Answer = TypeVar("Answer")


class Patience:
    """What all requests of a client share, whichever thread sends them: how often they may still be tried again.

    A budget beside the attempts of each request, so that a server that fails now and then does not get twice the requests for long.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = BUDGET
        self._retries = 0

    def retries(self) -> int:
        """How often something was tried again since this was last asked."""
        with self._lock:
            retries, self._retries = self._retries, 0
        return retries

    def may_retry(self, cost: int = 1) -> bool:
        """Take `cost` from the budget, for one more try; False when it is spent."""
        with self._lock:
            if self._left < cost:
                return False
            self._left -= cost
            self._retries += 1
            return True

    def answer(self, url: str, send: Callable[[], Answer]) -> Answer:
        """What `send` returns once it raises no `requests` error any more.

        A 429 costs nothing but time: the server asks for it. UserError when the failure will not pass, or has not in so many tries.
        """
        tries, failures, deadline = 0, 0, time.monotonic() + LONGEST_WAIT_SECONDS
        while True:
            try:
                return send()
            except requests.RequestException as error:
                cost = int(status(error) != BUSY)
                tries, failures = tries + 1, failures + cost
                pause = pause_seconds(error, tries)
                in_time = failures < ATTEMPTS and time.monotonic() + pause < deadline
                if not (passes(error) and in_time and self.may_retry(cost)):
                    raise UserError(f"{url} {told(error)}, then load again.") from None
            time.sleep(pause)


def status(error: requests.RequestException) -> int | None:
    """The status of the answer that is the failure; None when there is no whole answer."""
    return None if error.response is None else error.response.status_code


def passes(error: requests.RequestException) -> bool:
    """Whether it may go well the next time: cut connections and documents, a token that expired, a busy or failing server."""
    code = status(error)
    return isinstance(error, (*UNREACHED, *CUT_OFF)) if code is None else code in (UNAUTHORIZED, BUSY) or code >= SERVER_FAULT


def pause_seconds(error: requests.RequestException, tries: int) -> float:
    """As long as the server asks for and a little more, else up to a ceiling that doubles.

    Drawn evenly, or all threads, and all clients, would come back at one moment.
    """
    asked = 0.0 if error.response is None else asked_seconds(error.response)
    ceiling = FIRST_PAUSE_SECONDS * (1 if asked else 2.0 ** (tries - 1))
    return asked + random.uniform(0, min(LONGEST_PAUSE_SECONDS, ceiling))  # noqa: S311 (no secret)


def asked_seconds(reply: requests.Response) -> float:
    """`Retry-After`, which is a number of seconds or a date; a busy server that does not say gets a second's rest."""
    text = reply.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return float(reply.status_code == BUSY)
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def told(error: requests.RequestException) -> str:
    """What a server did and what to do about it, for the end of a sentence about its URL; an error's document has its own words."""
    if error.response is None:
        did = "sends answers that are cut off" if isinstance(error, CUT_OFF) else "does not answer"
        return f"{did} ({type(error).__name__}): start it or correct its address"
    reply, words = error.response, error.response.reason
    with suppress(ValueError, AttributeError):  # not every error is a problem document, nor a whole one
        problem = reply.json()
        words = problem.get("detail") or problem.get("title") or words
    return f"answered {reply.status_code} ({words}): see the service's log"

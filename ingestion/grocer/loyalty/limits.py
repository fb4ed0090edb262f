"""The rate limit: a token bucket that holds one second's requests."""

import math
import time
from collections.abc import Callable
from http import HTTPStatus

from ingestion.grocer.loyalty.problems import Problem


class RateLimit:
    """Lets `rate` requests a second through; `now` gives seconds of a clock that never goes back."""

    def __init__(self, rate: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._capacity = max(1.0, rate)
        self._tokens = self._capacity
        self._now = now
        self._refilled_at = now()

    async def __call__(self) -> None:
        """A dependency of every route: Problem 429 with `Retry-After` in whole seconds when the bucket is empty."""
        now = self._now()
        self._tokens = min(self._capacity, self._tokens + (now - self._refilled_at) * self._rate)
        self._refilled_at = now
        if self._tokens < 1:
            seconds = math.ceil((1 - self._tokens) / self._rate)
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, f"More than {self._rate:g} requests a second.", {"Retry-After": str(seconds)})
        self._tokens -= 1

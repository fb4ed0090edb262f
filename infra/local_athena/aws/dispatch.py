"""moto lists the folders of its own package at each request, under a lock that all requests share: a fifth of a request's time."""

from functools import cache

from moto import backends

_list = backends.list_of_moto_modules


def install() -> None:
    """Let it list them once."""
    backends.list_of_moto_modules = _once


@cache
def _once() -> tuple[str, ...]:
    return tuple(_list())

"""What a loyalty server is told by its environment."""

import os
from dataclasses import dataclass

from ingestion.errors import UserError

CLIENT_ID = "aisle"
SECRET = "LOYALTY_CLIENT_SECRET"  # noqa: S105 (the variable's name)


@dataclass(frozen=True)
class Options:
    """`token_seconds`: how long a token is valid; `rate`: requests a second, a second's worth of them at once; `faults`: to order."""

    client_secret: str
    client_id: str = CLIENT_ID
    token_seconds: int = 300
    rate: float = 500
    faults: bool = False


def from_environment() -> Options:
    """`LOYALTY_CLIENT_SECRET` (required), `LOYALTY_TOKEN_SECONDS` and `LOYALTY_RATE` (UserError if not positive), `LOYALTY_FAULTS` (1)."""
    secret = os.environ.get(SECRET)
    if not secret:
        raise UserError(f"{SECRET} is not set: start the service with `python -m ingestion grocer up`, which makes a secret.")
    return Options(
        client_secret=secret,
        token_seconds=max(1, int(_positive("LOYALTY_TOKEN_SECONDS", Options.token_seconds))),
        rate=_positive("LOYALTY_RATE", Options.rate),
        faults=os.environ.get("LOYALTY_FAULTS") == "1",
    )


def _positive(variable: str, default: float) -> float:
    text = os.environ.get(variable) or str(default)
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise UserError(f"{variable} is '{text}': give it a positive number, or unset it for {default}.")
    return number

"""What the local Athena remembers of itself between commands: one file, written in one step."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from infra.local_athena import places
from ingestion.errors import UserError

KEY_PREFIX = "AISLE"


@dataclass(frozen=True)
class State:
    """One pair of servers. `identity` is random: each server and each client's access key carries it, so a stale one is recognized."""

    identity: str
    aws_port: int
    trino_port: int
    heap: str
    full_jit: bool = field(default=False)

    @property
    def endpoint(self) -> str:
        return f"http://{places.HOST}:{self.aws_port}"

    @property
    def access_key(self) -> str:
        return access_key(self.identity)

    def environment(self) -> dict[str, str]:
        """What a client needs: the SDK's own names, and where the project's lake is."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": "local",  # nothing checks it
            "AWS_DEFAULT_REGION": places.REGION,
            "AISLE_ATHENA_RAW": f"s3://{places.RAW}/",
            "AISLE_ATHENA_DATA": f"s3://{places.DATA}/",
            "AISLE_ATHENA_RESULTS": f"s3://{places.RESULTS}/",
            "AISLE_ATHENA_WORKGROUP": places.WORKGROUP,
            "AISLE_ATHENA_SCHEMA": places.SCHEMA,
            "AISLE_ATHENA_POLL_SECONDS": "0.1",  # no account's limits on API calls to respect
        }


def access_key(identity: str) -> str:
    """The access key of the instance's clients."""
    return f"{KEY_PREFIX}{identity.upper()}"


def read() -> State | None:
    """The state, None without one; UserError when the file is not one of this version."""
    try:
        return State(**json.loads(_file().read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise UserError(
            f"{_file()} was written by another version or is damaged: remove it, then run `{places.COMMAND} down` and `up`."
        ) from None


def write(state: State) -> None:
    """Replace the state in one step."""
    aside = _file().with_suffix(".writing")
    aside.write_text(json.dumps(asdict(state), indent=2))
    aside.replace(_file())


def forget() -> None:
    """Remove the state."""
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return places.folder() / "state.json"

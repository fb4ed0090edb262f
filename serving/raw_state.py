"""The load that a build and a publication stand on."""

from ingestion import raw_meta, settings
from ingestion.errors import UserError


def read_clock() -> raw_meta.Clock:
    """The clock of the last complete load; UserError when there is none, while a load runs, and when raw has another format."""
    path = settings.raw_file()
    state = raw_meta.state(path)
    if state is None:
        found = f"No load into {path} has been completed" if path.is_file() else f"There is no raw data at {path}"
        raise UserError(f"{found}: run `make load` (or `make demo`).")
    return state.clock

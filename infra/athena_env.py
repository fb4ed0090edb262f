"""`python -m infra.athena_env`: the environment of a lake that Terraform made, as export lines for a shell.

eval "$(python -m infra.athena_env)"                  the transformer's, for dbt
eval "$(python -m infra.athena_env --role loader)"    for `python -m ingestion load --to athena`
"""

import argparse
import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.terraform import tool
from ingestion.errors import UserError, run

ROLES = ("loader", "transformer", "analyst")


def environment(role: str, folder: Path = tool.FOLDER) -> dict[str, str]:
    """The variables of a role from Terraform's outputs; UserError when there is no Terraform or no lake yet."""
    said = tool.run("output", "-json", "environment", folder=folder)
    if said.returncode:
        lines = [line.strip(" │╵╷") for line in said.stderr.splitlines()]
        reason = next((line for line in lines if line.startswith("Error")), "it said nothing")
        raise UserError(f"Terraform gives no outputs in {folder} ({reason}): run `terraform apply` there first.")
    return json.loads(said.stdout)[role]


def export_lines(variables: Mapping[str, str]) -> str:
    """One `export` line a variable, quoted for a POSIX shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def main() -> int:
    """Parse, ask Terraform, print."""
    parser = argparse.ArgumentParser(prog="python -m infra.athena_env", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--role", choices=ROLES, default="transformer", help="whose workgroup and results (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=tool.FOLDER, help="where Terraform was applied (default: infra/terraform)")
    arguments = parser.parse_args()
    sys.stdout.write(export_lines(environment(arguments.role, arguments.folder)))
    return 0


if __name__ == "__main__":
    sys.exit(run(main))

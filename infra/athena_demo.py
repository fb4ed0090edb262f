"""The second engine on this machine: a local Athena, the lake in it, a year of the first households loaded and built, one question asked.

It keeps running, so that the next questions are yours; `python -m infra.local_athena down` ends it. The households are loaded from a grocer
of their own, in `athena_demo` inside the warehouse, so that the main job's stays as it is.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra import athena_env
from infra.local_athena import install, lake, places, systems
from infra.local_athena.state import State
from infra.terraform import tool
from ingestion import console, errors, settings
from ingestion.destinations import aws
from ingestion.errors import UserError

VARIABLES = {"bucket_prefix": "aisle", "prefix": places.SCHEMA, "force_destroy": "true", "tls_only": "false"}
QUESTION = """
select department, sum(sales_amount) as sales_amount, count(distinct basket_id) as baskets
from {schema}_wide.obt_sales_lines
group by department
order by sales_amount desc
limit 5
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.athena_demo", description=__doc__)
    parser.add_argument("--households", type=int, default=100, help="the first so many households (default: %(default)s)")
    arguments = parser.parse_args()
    return errors.run(lambda: _demo(arguments.households))


def _demo(households: int) -> int:
    install.install()
    known, _ = systems.up()
    roles = make_lake(known)
    project(roles["loader"], "python", "-m", "ingestion", "load", "--to", "athena", "--households", str(households))
    project(roles["transformer"], "dbt", "build", "--target", "athena")
    os.environ.update(roles["transformer"])
    athena = aws.configured()
    console.table(("department", "sales", "baskets"), athena.rows(QUESTION.format(schema=athena.schema)), title="Where the dollars go")
    out = console.stdout()
    out.print(f"Local Athena keeps running on {known.endpoint}. Try next:")
    out.print(f'  eval "$({places.COMMAND} env)" && export AISLE_WAREHOUSE={warehouse()}', soft_wrap=True)
    out.print("  dbt test --target athena -s star")
    out.print(f"  python -m ingestion load --households {households} && dbt build && make parity", soft_wrap=True)
    out.print(f"`unset AISLE_WAREHOUSE; {places.COMMAND} down` ends it; its lake is gone then.", soft_wrap=True)
    return 0


def warehouse() -> Path:
    """Where its grocer and its loads' state are."""
    return settings.warehouse() / "athena_demo"


def make_lake(known: State) -> dict[str, dict[str, str]]:
    """The environment of each role, in a lake that Terraform made, or without Terraform a plain one."""
    os.environ.update(known.environment())
    plugins = tool.plugins() if shutil.which("terraform") else None
    if plugins is None:
        console.stderr().print("Terraform, or its AWS provider, is not here: the buckets and the workgroup are made without it.")
        lake.make(known)
        return dict.fromkeys(athena_env.ROLES, known.environment())
    folder = places.folder() / f"terraform-{known.identity}"
    apply(folder, plugins)
    return {role: known.environment() | athena_env.environment(role, folder) for role in athena_env.ROLES}


def apply(folder: Path, plugins: Path) -> None:
    """Apply a copy of the configuration, whose state belongs to this instance alone; UserError with Terraform's own reason."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in tool.FOLDER.glob("*.tf"):
        shutil.copy(file, folder)
    variables = [f"-var={name}={value}" for name, value in VARIABLES.items()]
    with console.Steps() as steps, steps.step("Terraform apply"):
        for command in (
            ("init", "-input=false", f"-plugin-dir={plugins}"),
            ("apply", "-input=false", "-auto-approve", "-parallelism=40", *variables),
        ):
            done = tool.run(*command, "-no-color", folder=folder)
            if done.returncode:
                reason = next((line.strip(" │") for line in done.stderr.splitlines() if "Error" in line), done.stderr.strip()[-200:])
                raise UserError(f"Terraform could not make the lake ({reason}): mend that, and run `make athena` again.")


def project(environment: Mapping[str, str], *command: str) -> None:
    """A command of the project's own, shown as it runs; UserError when it fails."""
    beside = Path(sys.executable).parent
    own = {"AISLE_WAREHOUSE": str(warehouse()), "DBT_TARGET_PATH": str(warehouse() / "target")}
    warehouse().mkdir(parents=True, exist_ok=True)
    done = subprocess.run([str(beside / command[0]), *command[1:]], cwd=settings.ROOT, env=os.environ | own | dict(environment))
    if done.returncode:
        raise UserError(f"`{' '.join(command)}` failed: what it printed says why.")


if __name__ == "__main__":
    sys.exit(main())

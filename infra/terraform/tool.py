"""The machine's Terraform, and the AWS provider where a folder holds it (`AISLE_TERRAFORM_PLUGINS`), so that nothing is downloaded."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ingestion.errors import UserError

FOLDER = Path(__file__).parent
PLUGINS = "AISLE_TERRAFORM_PLUGINS"
PROVIDER = "*/hashicorp/aws/*/*/terraform-provider-aws*"


def plugins() -> Path | None:
    """The folder for `terraform init -plugin-dir`, None when none of the usual ones holds the provider.

    UserError when the environment names a folder without it.
    """
    if named := os.environ.get(PLUGINS):
        if not _holds_provider(Path(named)):
            raise UserError(f"{PLUGINS} names {named}, which holds no AWS provider: name the folder above the registry's, or leave it out.")
        return Path(named)
    return next(filter(_holds_provider, _usual_folders()), None)


def run(*arguments: str, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    """Run Terraform in a folder and give its exit code and what it printed; UserError without Terraform."""
    program = shutil.which("terraform")
    if program is None:
        raise UserError("Terraform is not on the PATH: install it, 1.9 or later.")
    return subprocess.run([program, f"-chdir={folder}", *arguments], capture_output=True, text=True)


def _usual_folders() -> Iterator[Path]:
    yield Path.home() / ".terraform.d" / "plugins"
    for shared in (Path("/usr/local/share"), Path("/usr/share")):
        yield shared / "terraform" / "plugins"
    yield from sorted(Path("/opt").glob("*"))


def _holds_provider(folder: Path) -> bool:
    return any(folder.glob(PROVIDER))

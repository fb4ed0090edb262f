"""A source more is models more: no existing model's SQL changes."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from tests.support import BIN, ROOT, Warehouse
from tests.vault_models.conftest import copy_of

pytestmark = pytest.mark.long("a second wholesaler")

ADDED = ROOT / "tests" / "vault_models" / "second_wholesaler"
COPIED = {"models"}
LEFT_OUT = {".git", ".venv", "target", "logs", "warehouse"}


@pytest.fixture(scope="module")
def project(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Warehouse]:
    """A copy of the project and of the subset's warehouse, with a wholesaler's catalogue in raw: real articles, under other names."""
    root = tmp_path_factory.mktemp("project")
    for path in ROOT.iterdir():
        if path.name in COPIED:
            shutil.copytree(path, root / path.name)
        elif path.name not in LEFT_OUT:
            (root / path.name).symlink_to(path)
    warehouse = copy_of(subset, tmp_path_factory.mktemp("warehouse"))
    with duckdb.connect(str(warehouse.raw)) as connection:
        connection.execute(
            """
            create schema raw_wholesaler;
            create table raw_wholesaler.articles as
            select
                'W' || product_id as article_number,
                product_id as customer_item_number,
                manufacturer_id as maker_number,
                product_type as label,
                package_size as pack,
                updated_at as changed_at,
                _dlt_load_id
            from raw_pos.products
            where department = 'MEAT-PCKGD'
            """
        )
    return root, warehouse


def dbt(project: tuple[Path, Warehouse], *arguments: str) -> None:
    root, warehouse = project
    command = [str(BIN / "dbt"), *arguments]
    done = subprocess.run(command, cwd=root, env=warehouse.environment(), capture_output=True, text=True, timeout=600)
    assert not done.returncode, done.stdout[-4000:]


def compiled(project: tuple[Path, Warehouse]) -> dict[str, str]:
    """Model → checksum of its compiled SQL."""
    dbt(project, "compile")
    nodes = json.loads((project[1].folder / "target" / "manifest.json").read_text())["nodes"]
    return {
        name: hashlib.sha256(node["compiled_code"].encode()).hexdigest()
        for name, node in nodes.items()
        if node["resource_type"] in {"model", "snapshot"} and node.get("compiled_code")
    }


def test_a_second_wholesaler_changes_no_existing_model(project: tuple[Path, Warehouse]) -> None:
    before = compiled(project)
    shutil.copytree(ADDED, project[0] / "models", dirs_exist_ok=True)
    after = compiled(project)
    assert len(before) > 100
    assert {name: after.get(name) for name in before} == before
    added = {name.split(".")[-1] for name in after.keys() - before.keys()}
    assert added == {path.stem for path in ADDED.rglob("*.sql")}

    dbt(project, "build", "--select", *sorted(added))
    with duckdb.connect(str(project[1].built), read_only=True) as connection:
        connection.execute(f"attach '{project[1].raw}' as raw (read_only)")
        [articles] = connection.execute("select count(*) from raw.raw_wholesaler.articles").fetchone()
        assert articles > 100
        for table, ghosts in (("hub_articles", 0), ("lnk_article_product", 0), ("sat_article_labels", 1)):
            assert connection.execute(f"select count(*) from vault.{table}").fetchone() == (articles + ghosts,)
        joined = connection.execute(
            """
            select count(*)
            from vault.sat_article_labels
            inner join vault.lnk_article_product using (article_hk)
            inner join vault.sat_product_catalogue using (product_hk)
            where label = product_type
            """
        ).fetchone()
        assert joined == (articles,)

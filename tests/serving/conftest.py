"""One small warehouse, built by `python -m serving build` once a session; each test gets a copy of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.world import World


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("serving"))
    world.make_project()
    world.load(1)
    done = world.run("build")
    assert done.returncode == 0, done.stdout + done.stderr
    return world


@pytest.fixture
def empty_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A warehouse folder with nothing in it; this process's environment points at it."""
    world = World(tmp_path / "warehouse")
    world.folder.mkdir()
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    yield world
    world.end()


@pytest.fixture
def world(built_once: World, empty_world: World) -> World:
    """Loaded and built, nothing published yet."""
    shutil.copytree(built_once.folder, empty_world.folder, dirs_exist_ok=True)
    return empty_world

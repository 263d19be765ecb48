"""Nothing lost, at length: random changes on a server, events doubled, late and dropped, the receiver killed again and again.

    python benchmarks/nothing_lost.py --changes 20000 --kills 50

Plays what tests/integration/test_nothing_lost.py plays, longer; prints what happened on the way and what labelqa knows in
the end beside what is true. Fails where they differ. The seed alone decides the changes and the fate of each event.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import platform
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.nothing_lost.outcome import Outcome
from tests.nothing_lost.play import Course, played


def main() -> None:
    """Parse, play, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--passes", type=int, default=100)
    parser.add_argument("--broken", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261122)
    given = parser.parse_args()
    course = Course(seed=given.seed, changes=given.changes, kills=given.kills, passes=given.passes, broken=given.broken)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as made, contextlib.redirect_stdout(io.StringIO()):
        found = played(Path(made), course)
    took = time.monotonic() - began
    print(
        f"{given.changes:,} changes, {given.kills} kills, seed {given.seed}, Python {platform.python_version()}, {took:.0f} s"
    )
    _table(found)
    found.right()
    print("what labelqa knows is what is true; nothing twice, nothing that never was, nothing forgotten")


def _table(found: Outcome) -> None:
    (server,) = found.status["servers"]
    (project,) = server["projects"]
    rows = {
        **{f"change: {name}": n for name, n in found.made.most_common()},
        **{f"event: {name}": n for name, n in sorted(found.counts.items())},
        "in the inbox": server["events"], "doubled, as the inbox knows": server["doubled"],
        "refused by the receiver": server["refused"], "tasks at the end": project["tasks"],
        "answers on the server": len(found.true), "answers known": len(found.known),
        "unattributable (their people were deleted unseen)": len(found.excused - found.known.keys()),
        "revisions kept": len(found.history), "revisions there were": len(found.versions),
        "told by an event": project["told"], "missed by the webhook": project["missed"],
        "differing": sum(found.known.get(n) is None and n not in found.excused for n in found.true),
        "brought by an event and not kept": len(found.forgotten), "kept twice": len(found.twice),
        "kept though they never were": len(found.unwarranted),
    }  # fmt: skip
    for name, n in rows.items():
        print(f"{name:52}{n:>9,}")


if __name__ == "__main__":
    main()

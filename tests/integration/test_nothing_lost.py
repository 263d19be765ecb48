"""Nothing lost: whatever breaks between a server and labelqa, in the end labelqa knows what is there, each revision once."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.nothing_lost.changes import CONFIG, WEIGHTS, Changing
from tests.nothing_lost.play import Course, played
from tests.nothing_lost.sites import StandIn

COURSE = Course(seed=20261122, changes=600, kills=5, passes=6)


def test_the_same_seed_makes_the_same_changes() -> None:
    ends = []
    for _ in range(2):
        site = StandIn()
        changing = Changing(
            site, site.project("p", CONFIG), Random(7), [site.user(f"{n}@example.com") for n in "abcde"]
        )
        for _ in range(400):
            changing.change()
        ends.append((changing.made, changing.now(), changing.versions))
    assert ends[0] == ends[1]
    assert set(ends[0][0]) == set(WEIGHTS)


def test_whatever_breaks_on_the_way_in_the_end_everything_is_known_and_nothing_twice(tmp_path: Path) -> None:
    found = played(tmp_path, COURSE)
    found.right()
    assert sum(found.made.values()) >= COURSE.changes
    assert min(found.counts[each] for each in ("dropped", "late", "doubled", "not taken")) >= COURSE.kills
    (server,) = found.status["servers"]
    (project,) = server["projects"]
    assert (server["waiting"], server["failed"]) == (0, 0)
    assert not project["error"]
    assert server["events"] >= found.counts["taken"]
    assert server["refused"] > 0, "the full disk was never felt"
    assert 0 < project["missed"] < project["told"]

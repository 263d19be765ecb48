"""May this person work under this release today, and because of which facts?

A qualification belongs to a line of a rulebook, NAME@MAJOR: a release with another major version changes the rules so
much that people are trained and examined anew (GB/T 45674—2025, 7.1 b and c). Within a line: trained first, then
examined; the last exam counts; a pass is good until it expires, or until the line's last release stops serving open
work: from then on it is stale, and that end is known beforehand. What was taught and passed counts for every duty. A
named person may suspend a qualification (until that is lifted), or cancel it (until somebody is taught and examined
anew), for one line or all, for one duty or all. Facts after the asked time are not looked at. Nothing here reads a
ledger or sets a qualification.
"""

from labelqa.people.qualification.decisions import fold_decisions, why_not_decide, withheld
from labelqa.people.qualification.lines import line_ends, release_line
from labelqa.people.qualification.standing import qualification
from labelqa.people.qualification.timeline import Stretch, stretch_at, stretches_at, timeline

__all__ = [
    "Stretch",
    "fold_decisions",
    "line_ends",
    "qualification",
    "release_line",
    "stretch_at",
    "stretches_at",
    "timeline",
    "why_not_decide",
    "withheld",
]

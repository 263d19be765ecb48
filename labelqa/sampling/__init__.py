"""Which items are checked and by whom: a function of a seed and a frame, so that anybody can draw it again.

A *ticket* is the sha256 of the seed, the byte 0x1F and the item's id. The sample is the n items with the smallest
tickets; whoever knows the seed and the frame gets the same items in the same order, on any engine, from any input
order, and a larger sample begins with the smaller one. Nothing here plans how many to draw, and nothing reads a file.
"""

from __future__ import annotations

from labelqa.sampling.duty import assign, sample_digest, verifiers
from labelqa.sampling.redraw import redraw, verify
from labelqa.sampling.tickets import check_seed, draw, frame_digest, seed_digest, seed_standing, share, ticket

__all__ = [
    "assign",
    "check_seed",
    "draw",
    "frame_digest",
    "redraw",
    "sample_digest",
    "seed_digest",
    "seed_standing",
    "share",
    "ticket",
    "verifiers",
    "verify",
]

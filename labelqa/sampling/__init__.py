"""Which items are checked and by whom: a function of a seed and a frame, so that anybody can draw it again.

A *ticket* is the sha256 of the seed, the byte 0x1F and the item's id. The sample is the n items with the smallest
tickets, or within a stratum those with the smallest u/p; whoever knows the seed and the frame gets the same items in
the same order, on any engine, from any input order, and a larger sample begins with the smaller one. Nothing here plans
how many to draw, and nothing reads a file.
"""

from __future__ import annotations

from labelqa.sampling.duty import assign, deal, doubles_of, sample_digest, verifiers
from labelqa.sampling.redraw import redraw, redrawn, verify
from labelqa.sampling.seeds import Commitment, Moments, Worth, check_public, joint_seed, why_not_seed, worth
from labelqa.sampling.strata import Measures, draw_strata, grown, in_order, smallest, steps_of
from labelqa.sampling.tickets import check_seed, draw, frame_digest, seed_digest, seed_standing, share, ticket

__all__ = [
    "Commitment",
    "Measures",
    "Moments",
    "Worth",
    "assign",
    "check_public",
    "check_seed",
    "deal",
    "doubles_of",
    "draw",
    "draw_strata",
    "frame_digest",
    "grown",
    "in_order",
    "joint_seed",
    "redraw",
    "redrawn",
    "sample_digest",
    "seed_digest",
    "seed_standing",
    "share",
    "smallest",
    "steps_of",
    "ticket",
    "verifiers",
    "verify",
    "why_not_seed",
    "worth",
]

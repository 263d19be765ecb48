"""Frozen batches: written once, named by their digest, never touched again."""

from __future__ import annotations

from labelqa.frozen.store import ANNOTATIONS, ITEMS, FrozenStore

__all__ = ["ANNOTATIONS", "ITEMS", "FrozenStore"]

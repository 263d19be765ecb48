"""Frozen batches: written once, named by their digest, never touched again."""

from __future__ import annotations

from labelqa.frozen.store import ANNOTATIONS, ITEMS, FrozenStore
from labelqa.frozen.where import texts

__all__ = ["ANNOTATIONS", "ITEMS", "FrozenStore", "texts"]

"""Data-labeling quality assurance; importing this costs nothing."""

from __future__ import annotations

__version__ = "0.1.0"

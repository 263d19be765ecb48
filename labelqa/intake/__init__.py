"""The intake: every revision of every annotation and item, as it arrived."""

from __future__ import annotations

from labelqa.intake.intake import Intake
from labelqa.intake.rows import ANNOTATION_FIELDS, AnnotationRow, ItemContent
from labelqa.intake.staged import Among, Staged
from labelqa.intake.store import open_intake

__all__ = ["ANNOTATION_FIELDS", "AnnotationRow", "Among", "Intake", "ItemContent", "Staged", "open_intake"]

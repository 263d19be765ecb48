"""What an import refused or noticed, as a CSV beside the reports: row by row, in both languages."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labelqa.i18n import render
from labelqa.records.annotation import FileFacts
from labelqa.records.finding import Finding
from labelqa.workflows.desk import Desk


@contextmanager
def findings_file(desk: Desk, facts: FileFacts) -> Iterator[tuple[Callable[[list[Finding]], None], Path]]:
    """A CSV of findings that appears whole, or not at all when there are none."""
    folder = desk.settings.workspace / "reports"
    path = folder / f"import-{facts.digest[:12]}-findings.csv"
    staged = folder / f".{path.name}.{os.getpid()}"
    opened: list[Any] = []

    def write(findings: list[Finding]) -> None:
        if findings and not opened:
            folder.mkdir(exist_ok=True)
            opened.append(staged.open("w", encoding="utf-8-sig", newline=""))
            csv.writer(opened[0]).writerow(["row", "place", "severity", "code", "中文", "English", "处理办法", "mend"])
        if opened:
            csv.writer(opened[0]).writerows(map(_finding_row, findings))

    try:
        yield write, path
        if opened:
            opened[0].close()
            staged.replace(path)
    finally:
        if opened:
            opened[0].close()
        staged.unlink(missing_ok=True)


def _finding_row(each: Finding) -> list[str | int]:
    texts = [render(each.message, "zh"), render(each.message, "en"), render(each.mend, "zh"), render(each.mend, "en")]
    guarded = [f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text for text in (str(each.place), *texts)]
    return [each.place.row, guarded[0], str(each.severity), each.code, *guarded[1:]]

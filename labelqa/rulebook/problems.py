"""Collects what is wrong with a document while it is read; reading goes on, so one run reports everything."""

from __future__ import annotations

from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, Severity, finding

MOST: Final = 200  # findings per document; a file with more is not a rulebook

# Problems of the document itself. code -> what it stands for, in the documentation and in lists of codes
DOCUMENT_CODES: Final[dict[str, str]] = {
    "RB001": N_("The file is larger than the limit"),
    "RB002": N_("The file is not UTF-8 text"),
    "RB003": N_("The file is not YAML"),
    "RB004": N_("Anchors and aliases are not allowed"),
    "RB005": N_("The file is nested too deeply"),
    "RB006": N_("A key stands twice"),
    "RB007": N_("YAML tags are not allowed"),
    "RB008": N_("The file does not hold exactly one document"),
    "RB009": N_("A key is not plain text"),
    "RB010": N_("A required field is missing"),
    "RB011": N_("A value is of the wrong type"),
    "RB012": N_("A field is unknown"),
    "RB013": N_("A value is not one of the allowed words"),
    "RB014": N_("A name, id, code or version is malformed"),
    "RB015": N_("The format of the file is unknown"),
    "RB016": N_("There are too many problems"),
}


class Problems:
    """Findings of one document, in the order met, up to :data:`MOST`."""

    def __init__(self, *, file: str = "") -> None:
        self.file = file
        self.found: list[Finding] = []

    def add(self, code: str, message: Message, *, mend: Message, at: tuple[int, int], warning: bool = False) -> None:
        """Note a problem at (line, column), both from 1."""
        if len(self.found) > MOST:
            return
        place = Place(file=self.file, line=at[0], column=at[1])
        severity = Severity.WARNING if warning else Severity.ERROR
        if len(self.found) == MOST:
            self.found.append(_too_many(place))
            return
        self.found.append(Finding(code=code, severity=severity, message=message, mend=mend, place=place))

    @property
    def fatal(self) -> bool:
        """Whether any of them is an error."""
        return any(each.severity is Severity.ERROR for each in self.found)

    @property
    def full(self) -> bool:
        """Whether more would not be listed."""
        return len(self.found) > MOST


def _too_many(place: Place) -> Finding:
    values: dict[str, Any] = {"most": MOST}
    return finding(
        "RB016",
        "there are more than {most} problems; the rest is not listed",
        mend=Message("mend these first, then run the check again"),
        place=place,
        **values,
    )

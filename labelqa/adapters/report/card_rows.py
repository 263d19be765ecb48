"""What a batch's card says, as names and values: the same lines on the command line and on the acceptance sheet.

Only what every card says; what a place needs beside it, it adds itself.
"""

from __future__ import annotations

from typing import Final

from labelqa.adapters.report.names import name_of
from labelqa.i18n import N_, Speaker
from labelqa.records.life import Card, Modality, Source

_FOUND: Final = "found:"  # and what was found, in words
_IP_CHECK: Final = {"cleared": N_("cleared"), "not-applicable": N_("not applicable")}


def ip_check_said(told: str, say: Speaker) -> str:
    """What the check for intellectual property came to, in the reader's words; what was found as it was written.

    >>> ip_check_said("found: two songs", Speaker("en"))
    'found: two songs'
    """
    if told in _IP_CHECK:
        return say(_IP_CHECK[told])
    found = told.removeprefix(_FOUND).strip()
    return say(N_("found: {what}"), what=found) if told.startswith(_FOUND) else told


def card_rows(card: Card, say: Speaker) -> list[tuple[str, str]]:
    """Where the items come from and by which right: pairs of a catalog sentence and its value in the reader's words."""
    source = name_of(Source(card.source), say) if card.source in list(Source) else card.source
    kinds = [name_of(Modality(each), say) if each in list(Modality) else each for each in card.modalities]
    return [
        (N_("source"), source),
        *([(N_("generator"), card.generator)] if card.generator else []),
        (N_("licence or contract"), card.licence or "–"),
        (N_("check for intellectual property"), ip_check_said(card.ip_check, say)),
        (N_("personal data"), (card.basis or "–") if card.personal else say(N_("none"))),
        (N_("content"), f"{', '.join(kinds)} · {', '.join(card.languages)}"),
        (N_("scale"), f"{card.scale:,}"),
    ]

"""A message as plain lines in a channel's language, short enough for it, and with nothing in it that a robot would act on.

Names of releases, batches and servers may come from outside: nothing of them mentions anybody, links or formats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_, Lang, render
from labelqa.records.finding import Severity
from labelqa.workflows.watching.telling import Digest

_LONGEST: Final = 400  # characters of a line
_PLAIN: Final = str.maketrans(
    {"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "'", "*": "＊", "|": "｜", "~": "～", "#": "＃", "\\": "＼"}
)
SEVERITIES: Final = {Severity.ERROR: N_("error"), Severity.WARNING: N_("warning"), Severity.NOTE: N_("note")}


def title(digest: Digest, lang: Lang) -> str:
    """What a message is about, in one line that always holds the word labelqa."""
    if digest.trial:
        return plain(
            render(Message(N_("labelqa: a test message from {workspace}"), {"workspace": digest.workspace}), lang)
        )
    text = N_("labelqa: {n} {n:alert|alerts} in {workspace}")
    return plain(render(Message(text, {"n": digest.alerts, "workspace": digest.workspace}), lang))


def body(digest: Digest, lang: Lang, *, most: int, mark: str = "") -> str:
    """The lines of a message, in at most so many UTF-8 bytes: what does not fit is counted, never cut in the middle."""
    if digest.trial:
        return plain(render(Message(N_("This channel works. Nobody has to do anything.")), lang))
    lines = [mark + plain(_line(severity, message, lang)) for severity, message in digest.lines]
    last = plain(render(Message(N_("labelqa alerts list shows all of them, and what to do.")), lang))

    def whole(kept: Sequence[str]) -> str:
        left = digest.alerts - len(kept)
        more = [mark + render(Message(N_("and {n} more"), {"n": left}), lang)] if left else []
        return "\n".join([*kept, *more, last])

    return _fitting(whole, lines, most)


def _fitting(whole: Callable[[Sequence[str]], str], lines: Sequence[str], most: int) -> str:
    for kept in range(len(lines), 0, -1):
        if len(whole(lines[:kept]).encode()) <= most:
            return whole(lines[:kept])
    return whole([])


def _line(severity: Severity, message: Message, lang: Lang) -> str:
    text = " ".join(render(message, lang).split())
    said = render(SEVERITIES[severity], lang)
    colon = "：" if lang == "zh" else ": "
    return f"{said}{colon}{text}"[:_LONGEST]


def plain(text: str) -> str:
    """A text in which no character means anything to a robot; all of it on one line.

    >>> plain('<at user_id="all">x</at>\\n[a](b)')
    '＜at user_id="all"＞x＜/at＞ ［a］(b)'
    """
    return "".join(each if each.isprintable() else " " for each in text).translate(_PLAIN)

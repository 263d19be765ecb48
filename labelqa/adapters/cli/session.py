"""Who is asking, from where and in which language: what every command gets to know before it starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelqa.i18n import LANGS, Lang, Speaker, lang_of_locale

if TYPE_CHECKING:
    from labelqa.adapters.cli.output import Screen
    from labelqa.workflows.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One call of the command line."""

    env: Mapping[str, str]
    start: Path
    lang: Lang = "en"
    workspace: Path | None = None
    json: bool = False
    pseudonyms: bool | None = None  # asked for or not; None: the command shows nothing that leaves the house
    clock: Callable[[], datetime] | None = None

    @property
    def say(self) -> Speaker:
        """Sentences in the language of this call."""
        return Speaker(self.lang)

    @property
    def screen(self) -> Screen:
        """Where answers are printed."""
        from labelqa.adapters.cli.output import Screen

        return Screen(self.lang)

    def desk(self) -> Desk:
        """The workspace, opened; ``with`` closes it. Raises NoWorkspace.

        People have pseudonyms there only where that was asked for, or is set for all that leaves the house.
        """
        from labelqa.wiring import open_desk

        named = self.start / self.workspace if self.workspace else None
        desk = open_desk(start=self.start, workspace=named, env=self.env, clock=self.clock)
        veil = self.pseudonyms is not None and (self.pseudonyms or desk.settings.pseudonymous_reports)
        if veil:
            from labelqa.workflows.identity.pseudonyms import pseudonymous

            return pseudonymous(desk)
        return desk

    def told(self, **values: Any) -> Session:
        """The same call with what its options said."""
        return replace(self, **{name: value for name, value in values.items() if value is not None})


def language(words: Sequence[str], env: Mapping[str, str]) -> Lang:
    """``--lang`` wherever it stands, else ``LABELQA_LANG``, else the locale's.

    >>> language(["batch", "list", "--lang", "zh"], {"LANG": "en_US.UTF-8"})
    'zh'
    >>> language([], {"LANG": "zh_CN.UTF-8"}), language([], {"LABELQA_LANG": "zh_CN", "LANG": "C"})
    ('zh', 'zh')
    """
    told = [after for before, after in pairwise(words) if before == "--lang"]
    told += [word.partition("=")[2] for word in words if word.startswith("--lang=")]
    told.append(re.split("[-_.]", env.get("LABELQA_LANG", ""))[0].lower())  # zh_CN.UTF-8 says zh
    for name in told:
        for lang in LANGS:
            if name == lang:
                return lang
    locale = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    return lang_of_locale(locale)

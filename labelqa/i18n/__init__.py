"""Every sentence a person reads, in Chinese and English.

Sentences are written in English in the code and translated by the catalogs beside this file (``zh_CN/<area>.po``,
compiled together into ``zh_CN.mo``; ``python -m labelqa.i18n`` does it). Nothing is read until the first sentence
is wanted, and nothing here looks at the environment.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, TypeAlias

from labelqa.errors import Message, filled

Lang: TypeAlias = Literal["zh", "en"]
LANGS: Final[tuple[Lang, ...]] = ("zh", "en")


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "mark, translate later"
    """The text itself; marks a sentence for the catalogs."""
    return text


@cache
def _translations(lang: Lang) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    with resources.files("labelqa.i18n").joinpath("zh_CN.mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled)


def translate(text: str, lang: Lang) -> str:
    """The sentence's text in ``lang``; English where the catalog does not have it."""
    return _translations(lang).gettext(text) if text else ""


def render(message: Message | str, lang: Lang) -> str:
    """A message as a sentence in ``lang``, the messages inside it too.

    >>> render(Message("{n} items", {"n": 3}), "en")
    '3 items'
    """
    if isinstance(message, str):
        return translate(message, lang)
    return filled(translate(message.text, lang), _rendered(message.values, lang))


def _rendered(values: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    return {name: render(value, lang) if isinstance(value, Message) else value for name, value in values.items()}


class Speaker:
    """Says sentences in one language: ``say("{n} items", n=3)``.

    >>> Speaker("en")("{n} items", n=3)
    '3 items'
    """

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, message: Message | str, /, **values: Any) -> str:
        if isinstance(message, Message):
            return render(message, self.lang)
        return render(Message(message, values), self.lang)


def lang_of_locale(locale: str) -> Lang:
    """Chinese for a Chinese locale name, else English.

    >>> lang_of_locale("zh_CN.UTF-8"), lang_of_locale("C.UTF-8")
    ('zh', 'en')
    """
    return "zh" if locale.lower().startswith("zh") else "en"

"""Whether a password may be used: long enough, and not the first thing that somebody would try.

Length decides, not kinds of characters (NIST SP 800-63B, 5.1.1.2). It judges a text and keeps nothing of it: no
sentence here repeats what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from labelqa.errors import Message

SHORTEST: Final = 12
LONGEST: Final = 256
_FEWEST: Final = 5  # different characters
_PART: Final = 3  # a shorter part of a name says nothing; of Chinese characters, two
_USUAL: Final = ("password", "passwort", "qwerty", "asdf", "letmein", "iloveyou", "welcome", "admin", "changeme", "woaini", "mima", "密码", "口令", "secret", "labelqa")  # fmt: skip


def same_text(password: str) -> str:
    """The password in the one spelling that is hashed, however a keyboard composed it (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", password)


def why_not_password(password: str, *, own: Iterable[str] = ()) -> list[Message]:
    """Why a password cannot be used; ``own`` are names and accounts that must not stand in it. Empty: it can.

    >>> [str(each) for each in why_not_password("short")]
    ['a password has at least 12 characters']
    >>> why_not_password("four quiet herons at dusk", own=["Ann Lee"])
    []
    """
    text = same_text(password)
    if len(text) < SHORTEST:
        return [Message("a password has at least {n} characters", {"n": SHORTEST})]
    if len(text) > LONGEST or any(unicodedata.category(each) == "Cc" for each in text):
        return [Message("a password has at most {n} characters, in one line", {"n": LONGEST})]
    plain = text.casefold()
    reasons = []
    if any(part in plain for name in own for part in _parts(name)):
        reasons.append(Message("a password does not hold the name or account of its owner"))
    if len(set(plain)) < _FEWEST or _repeated(plain) or _stepping(plain):
        reasons.append(Message("a password is no repetition, and no run such as abcd or 1234"))
    if _usual(plain):
        reasons.append(Message("this is among the first passwords that anybody tries: take several words of your own"))
    return reasons


def _parts(name: str) -> set[str]:
    """What of a name must not stand in a password: its words, and what stands before an @."""
    words = re.split(r"[\W_]+", same_text(name).casefold())
    return {word for word in (*words, "".join(words)) if len(word) >= (_PART if word.isascii() else 2)}


def _repeated(text: str) -> bool:
    """Whether the whole is one short part over and over."""
    return text in (text + text)[1:-1]


def _stepping(text: str) -> bool:
    """Whether most characters follow from the one before: the same, the next, the previous."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    return sum(step in (-1, 0, 1) for step in steps) > len(steps) / 2


def _usual(text: str) -> bool:
    """Whether little is left of it without digits, marks and usual words."""
    rest = re.sub(r"[\W\d_]+", "", text.translate(str.maketrans("0134578@$", "oieastbas")))
    for word in _USUAL:
        rest = rest.replace(word, "")
    return len(rest) < _FEWEST

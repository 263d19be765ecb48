"""Pieces of HTML out of texts that came from people and files: every text is escaped, no script and no address gets in.

Nothing is fetched. A picture is shown only from bytes that are at hand.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Final

from markupsafe import Markup, escape

VOID: Final = frozenset({"img", "br"})
LARGEST: Final = 12 << 20  # characters of a data address
_DATA: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+", re.ASCII)
_REMOTE: Final = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_MAGIC: Final[Mapping[bytes, str]] = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
}


def words(text: object) -> Markup:
    """A text as HTML shows it; marks that turn the direction of what follows become visible.

    >>> words("<b>&")
    Markup('&lt;b&gt;&amp;')
    """
    if isinstance(text, Markup):
        return text
    return escape(_CONTROL.sub("\ufffd", str(text)))


def tag(name: str, *inside: object, **attributes: str) -> Markup:
    """An element; ``class_`` stands for ``class``, texts inside and in attributes are escaped.

    >>> tag("p", "a<b", class_='x"y')
    Markup('<p class="x&#34;y">a&lt;b</p>')
    """
    told = "".join(f' {key.rstrip("_")}="{words(value)}"' for key, value in attributes.items() if value)
    if name in VOID:
        return Markup(f"<{name}{told}>")  # noqa: S704 - the parts are escaped
    return Markup(f"<{name}{told}>{joined(inside)}</{name}>")  # noqa: S704


def joined(parts: Iterable[object]) -> Markup:
    """Pieces one after the other."""
    return Markup("").join(words(part) for part in parts)


def picture(value: str, pictures: Mapping[str, bytes]) -> str | None:
    """The data address of a picture that is at hand: among the bytes given, or in the value itself; None for others.

    >>> picture("https://example.org/a.png", {}), picture("data:text/html;base64,PGI+", {})
    (None, None)
    """
    if value in pictures:
        kind = picture_kind(pictures[value])
        return None if kind is None else f"data:image/{kind};base64,{base64.b64encode(pictures[value]).decode()}"
    if len(value) <= LARGEST and _DATA.fullmatch(value):
        return "".join(value.split())
    return None


def picture_kind(content: bytes) -> str | None:
    """What kind of picture some bytes are, by how they begin; None for anything that is not shown, SVG included.

    >>> picture_kind(b"GIF89a..."), picture_kind(b"<svg>")
    ('gif', None)
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _MAGIC.items() if content.startswith(start)), None)


def remote(value: str) -> str | None:
    """The value if it is a web address as a whole; None otherwise.

    >>> remote("https://example.org/a.png"), remote("javascript:alert(1)")
    ('https://example.org/a.png', None)
    """
    return value if _REMOTE.fullmatch(value) else None

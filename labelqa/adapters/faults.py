"""Why a file cannot be read or an address cannot be reached, in a few words instead of a class's name.

What a fault says itself is not repeated, as it may hold an address that is secret; what is not known is named by its class.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_

_BROKEN: Final = N_("the connection broke off")
_KINDS: Final = {  # by the names of the classes, so that no library is loaded for them
    "gaierror": N_("no machine of this name is known"),
    "ConnectionRefusedError": N_("the connection was refused: nothing listens there"),
    "TimeoutError": N_("no answer in time"),
    "SSLCertVerificationError": N_("its certificate is not trusted"),
    "SSLError": N_("no connection over TLS comes about"),
    "ConnectionError": _BROKEN,
    "HTTPException": _BROKEN,  # http.client
    "SMTPServerDisconnected": _BROKEN,  # smtplib
    "NetworkError": _BROKEN,  # httpx, as are the two below
    "RemoteProtocolError": _BROKEN,
    "DecodingError": N_("its answer cannot be unpacked"),
    "FileNotFoundError": N_("there is no such file"),
    "PermissionError": N_("no right to it"),
    "IsADirectoryError": N_("it is a folder"),
    "UnicodeError": N_("it is no text in UTF-8"),
}


def why(fault: BaseException) -> Message:
    """A fault in words, by the innermost cause that is known; else what the system calls it, or its class.

    >>> str(why(TimeoutError("timed out"))), str(why(OSError(28, "No space left on device")))
    ('no answer in time', 'No space left on device')
    """
    causes = list(_causes(fault))
    for cause in reversed(causes):
        for kind in type(cause).__mro__:
            if kind.__name__ in _KINDS:
                return Message(_KINDS[kind.__name__])
    system = next((each.strerror for each in causes if isinstance(each, OSError) and each.strerror), None)
    return Message("{why}", {"why": system or type(fault).__name__})


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """The fault, and what it came from: its ``reason`` (urllib) or its cause."""
    here: BaseException | None = fault
    for _ in range(8):
        if here is None:
            return
        yield here
        reason = getattr(here, "reason", None)
        here = reason if isinstance(reason, BaseException) else here.__cause__ or here.__context__

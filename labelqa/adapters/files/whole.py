"""Files that labelqa writes for people: whole or not at all, as readable as the folder's owner wants them."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Final

from labelqa.adapters.faults import why
from labelqa.errors import LabelqaError, Refused

# What XML 1.0 has no place for, so that a workbook with it could not be opened (W3C 2008, section 2.2).
NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def storable(text: str) -> str:
    """The text as a workbook can hold it: a control character becomes its picture, anything else a replacement mark.

    >>> storable("a\\x07b"), storable("a\\ufffeb") == "a\\N{REPLACEMENT CHARACTER}b"
    ('a␇b', True)
    """
    return NO_XML.sub(lambda found: _instead(found.group()), text)


def _instead(letter: str) -> str:
    return chr(0x2400 + ord(letter)) if letter < " " else "\N{REPLACEMENT CHARACTER}"


def refuse_filled(*paths: str | Path) -> None:
    """Refuse to write a file that somebody fills in where one is already: what stands in it is nowhere else."""
    for path in paths:
        if Path(path).exists():
            raise Refused(
                "{path} is there already and may be filled in: move it away, or name another place with --out",
                path=str(path),
            )


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it: into a neighbour first, then renamed.

    Who may read it is for the umask to say. Raises LabelqaError when the folder cannot be written.
    """
    target = Path(path)
    neighbour = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        try:
            with neighbour.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            neighbour.replace(target)
        except BaseException:
            neighbour.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LabelqaError(
            "{path}: the file cannot be written ({why}); check the folder and its rights",
            path=str(path),
            why=why(error),
        ) from error

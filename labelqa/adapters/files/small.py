"""Small files read whole: papers, questions, learning statements; a size that nobody expects is refused first."""

from __future__ import annotations

from pathlib import Path

from labelqa.adapters.faults import why
from labelqa.errors import BadInput


def file_bytes(path: Path, *, limit: int) -> bytes:
    """The bytes of a file; BadInput for what is no file, cannot be read, is empty or has more than ``limit`` bytes."""
    try:
        if path.exists() and not path.is_file():
            raise BadInput("{path}: not a file; name one file, not a folder", path=str(path))
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except FileNotFoundError as error:
        raise BadInput("{path}: there is no such file; check the name and the folder", path=str(path)) from error
    except OSError as error:
        raise BadInput("{path}: the file cannot be read ({why})", path=str(path), why=why(error)) from error
    if not content:
        raise BadInput("{path}: the file is empty; export it again", path=str(path))
    if len(content) > limit:
        raise BadInput("{path}: larger than {limit} bytes; split the file, or check its name", path=str(path),
                       limit=limit)  # fmt: skip
    return content

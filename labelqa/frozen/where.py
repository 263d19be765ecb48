"""Texts for conditions on frozen tables.

Made from bytes, because pyarrow loads pandas, which takes half a second, to look at a list or a text of Python's own.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def texts(values: Collection[str]) -> pa.Array:
    """The values as pyarrow's strings, in their order.

    >>> texts(["q-1", "问题"]).to_pylist()
    ['q-1', '问题']
    """
    import pyarrow as pa

    encoded = [value.encode() for value in values]
    ends = array("q", [0, *accumulate(map(len, encoded))])
    large = pa.LargeStringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))
    return large.cast(pa.string())

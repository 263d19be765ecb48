"""Names of things: what may be confused has a type of its own."""

from __future__ import annotations

from typing import NewType

ItemId = NewType("ItemId", str)  # the item key, as imported and unnormalised
PersonId = NewType("PersonId", str)  # a pseudonym such as p-3f9a2c71; never a name
BatchName = NewType("BatchName", str)
SampleId = NewType("SampleId", str)  # BATCH/1, BATCH/2 …
ReleaseName = NewType("ReleaseName", str)  # NAME@VERSION
Digest = NewType("Digest", str)  # sha256 in lower-case hex

"""One method: how its codes are spelt, what it is called, how it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """A method by the pattern of its codes; ``name`` has places for the code's own numbers, ``family`` has none.

    A place called ``inner`` stands for another method's code. ``family`` is "" where it is the name.
    """

    pattern: str
    name: str
    note: str
    family: str = ""

    @property
    def kind(self) -> str:
        """What the method is called without its own numbers."""
        return self.family or self.name

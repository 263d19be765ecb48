"""Data-labeling quality assurance; importing this costs nothing.

``labelqa.agreement(frame)`` measures agreement in a notebook; everything else is the command ``labelqa``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labelqa.adapters.notebook import Agreement, agreement

__version__ = "0.1.0"
__all__ = ["Agreement", "agreement"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from labelqa.adapters import notebook

    return getattr(notebook, name)

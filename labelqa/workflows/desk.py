"""The desk that every use case works at: the stores, the engine, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from labelqa.errors import Altered, Busy, LabelqaError, NoWorkspace
from labelqa.frozen import FrozenStore
from labelqa.intake import Intake
from labelqa.ledger import Ledger
from labelqa.records.review import Identity
from labelqa.records.settings import Settings

if TYPE_CHECKING:
    from labelqa.reduce.protocol import Reducer


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One opened workspace; ``with`` closes it. Time and identity come in here and nowhere else."""

    settings: Settings
    ledger: Ledger
    intake: Intake
    frozen: FrozenStore
    reducer: Reducer
    clock: Callable[[], datetime]
    new_id: Callable[[str], str]  # prefix -> a fresh random id, "p" -> "p-3f9a2c71"
    actor: str
    identity: Identity = Identity.ASSERTED
    pseudonyms: bool = False  # people are shown by pseudonym, never by name or account
    memo: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)  # what the latest facts fold to

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, LabelqaError):
                self._call_by_name(error)
        finally:
            self.close()

    def _call_by_name(self, error: LabelqaError) -> None:
        """People see names where a rule, which knows none, says who."""
        from labelqa.workflows.refusals import call_by_name
        from labelqa.workflows.state import shown_names

        if not isinstance(error, Altered | Busy | NoWorkspace):  # the stores may not answer, and nobody is named
            call_by_name(error, shown_names(self))

    def close(self) -> None:
        """Let go of the stores and the engine."""
        self.ledger.close()
        self.intake.close()
        self.reducer.close()

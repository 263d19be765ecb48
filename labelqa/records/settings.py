"""What a workspace was told about itself; built once, in wiring, from ``labelqa.toml`` and the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One workspace's settings; every one is documented in docs/settings.md."""

    workspace: Path
    name: str
    origin: str = "user"  # or demo: labelqa made it and may make it again
    timezone: str = "Asia/Shanghai"
    max_file_mb: int = 2048
    busy_seconds: float = 30.0
    qualification_days: int = 365
    server: str = "label-studio"  # name given to accounts of imported exports
    confidence: float = 0.95
    engine: str = "duckdb"  # or spark: what counts the labels of frozen batches
    actor: str = "lead"
    ledger: str = ""  # where the ledger is on PostgreSQL, without the password; "": a file of the workspace
    session_idle_minutes: int = 30  # a session of the dashboard ends when nothing is done for so long
    session_hours: int = 10  # and after so long in any case
    pseudonymous_reports: bool = False  # reports name people by pseudonym

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which weeks are cut."""
        return ZoneInfo(self.timezone)

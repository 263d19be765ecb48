"""Which channels a workspace has: ``notify.toml``, without any secret in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from labelqa.errors import BadInput
from labelqa.i18n import LANGS, N_, Lang
from labelqa.records.finding import Severity

FILE: Final = "notify.toml"
HOOKS: Final = ("feishu", "dingtalk", "wecom")
MAIL: Final = "email"
KINDS: Final = (*HOOKS, MAIL)
SAFETIES: Final = ("starttls", "tls", "none")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ADDRESS: Final = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,190}")
_HOURS: Final = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_LARGEST: Final = 64 * 1024
_SHARED: Final = frozenset({"kind", "severities", "lang", "quiet"})
_MAILED: Final = frozenset({"host", "port", "security", "user", "sender", "to"})
_SECRET: Final = frozenset({"url", "address", "webhook", "secret", "sign", "key", "token", "password"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig:
    """One channel as it is configured; ``quiet`` are hours of the workspace's zone in which nothing is sent."""

    name: str
    kind: str
    severities: frozenset[Severity]
    lang: Lang
    quiet: tuple[time, time] | None
    zone: ZoneInfo
    host: str = ""
    port: int = 0
    security: str = "starttls"
    user: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()

    def rests(self, at: datetime) -> bool:
        """Whether a time lies within the quiet hours, which may go over midnight."""
        if self.quiet is None:
            return False
        start, end = self.quiet
        now = at.astimezone(self.zone).time()
        return start <= now < end if start <= end else (now >= start or now < end)


class Configured:
    """What a channel of any kind says of itself, as it is configured."""

    __slots__ = ()
    config: ChannelConfig

    @property
    def name(self) -> str:
        """What the channel is called."""
        return self.config.name

    @property
    def severities(self) -> frozenset[Severity]:
        """What it wants to hear of."""
        return self.config.severities

    def rests(self, at: datetime) -> bool:
        """Whether nothing is sent at this time."""
        return self.config.rests(at)


def read_config(workspace: Path, zone: ZoneInfo) -> tuple[ChannelConfig, ...]:
    """The channels of a workspace in the order of the file; none where there is no file. BadInput says what is wrong."""
    path = workspace / FILE
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ValueError(f"> {_LARGEST} B")
        raw = tomllib.loads(content.decode())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(N_("{path} cannot be read ({why})"), path=str(path), why=_why(error)) from None
    told = raw.get("channels")
    if raw.keys() - {"channels"} or not isinstance(told, dict):
        raise BadInput(N_("{path}: every channel is a table of its own, [channels.NAME]"), path=str(path))
    return tuple(_Reading(path, name, each, zone).channel() for name, each in told.items())


def _why(error: Exception) -> str:
    return error.strerror or "" if isinstance(error, OSError) else str(error)[:200]


class _Reading:
    """One table of the file; each mistake is told with its place and what is expected."""

    def __init__(self, path: Path, name: str, raw: Any, zone: ZoneInfo) -> None:
        self._path, self._name, self._zone = path, name, zone
        if not _NAME.fullmatch(name):
            raise self._wrong(N_("a name of small letters, digits and hyphens"))
        self._raw: Mapping[str, Any] = raw if isinstance(raw, dict) else {}

    def channel(self) -> ChannelConfig:
        """The channel, or BadInput."""
        kind = self._raw.get("kind")
        if kind not in KINDS:
            raise self._wrong("kind = feishu, dingtalk, wecom, email")
        strange = sorted(self._raw.keys() - _SHARED - (_MAILED if kind == MAIL else frozenset()))
        if secret := [each for each in strange if each in _SECRET]:
            raise BadInput(
                N_("{path}, channel {name}: {word} is a secret and does not belong here; put it into {secrets} (mode 0600)"),
                path=str(self._path), name=self._name, word=secret[0], secrets=f"secrets/{self._name}.notify",
            )  # fmt: skip
        if strange:
            raise self._wrong(", ".join(sorted(_SHARED | (_MAILED if kind == MAIL else frozenset()))))
        shared: dict[str, Any] = {
            "name": self._name, "kind": kind, "severities": self._severities(), "lang": self._lang(),
            "quiet": self._quiet(), "zone": self._zone,
        }  # fmt: skip
        return ChannelConfig(**shared, **(self._mail() if kind == MAIL else {}))

    def _wrong(self, expected: str) -> BadInput:
        return BadInput(
            N_("{path}, channel {name}: expected {expected}"), path=str(self._path), name=self._name, expected=expected
        )

    def _severities(self) -> frozenset[Severity]:
        told = self._raw.get("severities", ["error", "warning"])
        if not isinstance(told, list) or not told or any(each not in set(Severity) for each in told):
            raise self._wrong('severities = ["error", "warning", "note"]')
        return frozenset(Severity(each) for each in told)

    def _lang(self) -> Lang:
        told = self._raw.get("lang", "zh")
        found = next((each for each in LANGS if each == told), None)
        if found is None:
            raise self._wrong('lang = "zh", "en"')
        return found

    def _quiet(self) -> tuple[time, time] | None:
        told = self._raw.get("quiet", "")
        if told == "":
            return None
        parts = _HOURS.fullmatch(told) if isinstance(told, str) else None
        try:
            hour, minute, to_hour, to_minute = (int(each) for each in parts.groups()) if parts else (99, 0, 0, 0)
            return time(hour, minute), time(to_hour, to_minute)
        except ValueError:
            raise self._wrong('quiet = "22:00-08:00"') from None

    def _mail(self) -> dict[str, Any]:
        raw: dict[str, Any] = {"security": "starttls", "user": "", "port": 0} | dict(self._raw)
        to = raw.get("to")
        addresses = [raw.get("sender"), *(to if isinstance(to, list) and to else [None])]
        if any(not isinstance(each, str) or not _ADDRESS.fullmatch(each) for each in addresses):
            raise self._wrong('sender = "a@b.cn", to = ["c@d.cn"]')
        if not isinstance(raw.get("host"), str) or not re.fullmatch(r"[A-Za-z0-9.:-]{1,253}", raw["host"]):
            raise self._wrong('host = "smtp.example.com"')
        local = raw["host"] in {"localhost", "127.0.0.1", "::1"}
        if raw["security"] not in SAFETIES or (raw["security"] == "none" and not local):
            raise self._wrong('security = "starttls", "tls"')
        if type(raw["port"]) is not int or not 0 <= raw["port"] < 65536 or not isinstance(raw["user"], str):
            raise self._wrong("port = 587, user = ...")
        port = raw["port"] or {"tls": 465, "starttls": 587, "none": 25}[raw["security"]]
        told = {name: raw[name] for name in ("host", "security", "user", "sender")}
        return told | {"port": port, "to": tuple(addresses[1:])}

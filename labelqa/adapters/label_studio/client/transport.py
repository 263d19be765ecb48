"""One request to a Label Studio server and its answer as JSON; faults become one sentence without headers or bodies.

Only reading is tried again. Answers are read up to a limit, redirects are not followed to other hosts, and no proxy of
the environment sees a token meant for this machine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from labelqa.adapters.faults import why
from labelqa.adapters.label_studio.client.address import server_address
from labelqa.adapters.label_studio.client.signing_in import Token
from labelqa.errors import BadInput, LabelqaError, NotThere, Refused, Unreachable
from labelqa.i18n import N_

LARGEST: Final = 256 * 1024 * 1024  # bytes of one answer; a page of 500 tasks is a few MB
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_PAUSES: Final = (0.5, 2.0)  # seconds before the second and the third attempt
_LONGEST: Final = 300  # characters of the server's own words


class AlreadyThere(Refused):
    """The server has it already (409)."""


class NotTheServer(Unreachable):
    """A 404 that is not Label Studio's own: it says nothing of what is there."""


class Unfit(BadInput):
    """An answer that cannot be read: too large, nested too deeply, or no JSON at all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, whole; ``date`` is its clock's time as it says it."""

    status: int
    body: bytes
    date: str = ""


class Transport:
    """Requests to one server, signed."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        timeout: float = 60.0,
        largest: int = LARGEST,
        pause: Callable[[float], None] = time.sleep,
        through: httpx.BaseTransport | None = None,
    ) -> None:
        self.address = server_address(address)
        self.date: datetime | None = None  # what the server's clock said with its last answer, to the second
        self._largest, self._pause = largest, pause
        self._token = Token(token, trade=self._trade)
        host = urlsplit(self.address).hostname
        self.http = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 10.0)), follow_redirects=False,
            trust_env=host not in {"localhost", "127.0.0.1", "::1"}, transport=through,
        )  # fmt: skip
        self.http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))  # a session is never kept

    @property
    def personal(self) -> bool:
        """Whether the token is a personal access token."""
        return self._token.personal

    def close(self) -> None:
        """Let go of the connections."""
        self.http.close()

    def read(self, path: str, params: Mapping[str, Any] | None = None, *, once: bool = False) -> Any:
        """What GET answers, as JSON. Raises Refused, NotThere, BadInput or Unreachable.

        Without ``once`` a server that does not answer is asked three times.
        """
        for pause in (None,) if once else (*_PAUSES, None):
            try:
                return self._asked("GET", path, params=params)
            except Unreachable:
                if pause is None:
                    raise
                self._pause(pause)
        raise AssertionError  # the last attempt returns or raises

    def write(self, method: str, path: str, body: bytes) -> Answer:
        """What the server answers to JSON sent once, and only once unless it did not take our token.

        Raises what ``read`` raises, or AlreadyThere. Unreachable says nothing of whether it was done.
        """
        headers = {"Content-Type": "application/json"} if body else {}
        return self._signed(method, path, content=body, headers=headers)

    def _asked(self, method: str, path: str, *, params: Mapping[str, Any] | None = None) -> Any:
        try:
            return json.loads(self._signed(method, path, params=params).body)
        except (ValueError, RecursionError):
            raise Unfit(N_("{url} does not answer as a Label Studio server does"), url=self.address) from None

    def _signed(self, method: str, path: str, **told: Any) -> Answer:
        url, signed = f"{self.address}/{path.lstrip('/')}", self._token.header()
        answer = self._sent(method, url, signed=signed, **told)
        if answer.status == httpx.codes.UNAUTHORIZED and self.personal:  # the token ran out before its time
            answer = self._sent(method, url, signed=self._token.header(not_this=signed), **told)
        if not httpx.codes.is_success(answer.status):
            raise self._refusal(answer, path)
        return answer

    def _trade(self, token: str) -> tuple[int, bytes]:
        path = "api/token/refresh/"
        answer = self._sent("POST", f"{self.address}/{path}", json={"refresh": token})
        if answer.status == httpx.codes.NOT_FOUND and not _own(answer.body):
            raise self._not_the_server(path)
        return answer.status, answer.body

    def _sent(self, method: str, url: str, *, signed: str = "", **told: Any) -> Answer:
        headers = {**told.pop("headers", {}), **({"Authorization": signed} if signed else {})}
        try:
            with self.http.stream(method, url, headers=headers, **told) as answer:
                date = answer.headers.get("Date", "")
                self.date = _date(date)
                return Answer(answer.status_code, self._body(answer), date)
        except httpx.TimeoutException:
            raise Unreachable(N_("{url} did not answer in time"), url=self.address) from None
        except httpx.RequestError as error:  # what cannot be unpacked is one as well
            raise Unreachable(N_("{url} cannot be reached ({why})"), url=self.address, why=why(error)) from None

    def _body(self, answer: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in answer.iter_bytes():
            size += len(part)
            if size > self._largest:
                raise Unfit(
                    N_("an answer of {url} is larger than {limit} MB and was not read"),
                    url=self.address, limit=self._largest // 2**20,
                )  # fmt: skip
            parts.append(part)
        return b"".join(parts)

    def _refusal(self, answer: Answer, path: str) -> LabelqaError:
        status = answer.status
        told = {"url": self.address, "status": status, "why": _said(answer.body) or str(status)}
        if status == httpx.codes.UNAUTHORIZED:
            return Refused(
                N_("{url} does not take the token ({why}): make a personal access token in its account settings"),
                **told,
            )
        if status == httpx.codes.FORBIDDEN:
            return Refused(N_("{url} does not allow it ({why})"), **told)
        if status == httpx.codes.NOT_FOUND:
            if not _own(answer.body):
                return self._not_the_server(path)
            return NotThere(N_("{url} has no {path}"), url=self.address, path=path)
        if status == httpx.codes.CONFLICT:
            return AlreadyThere(N_("{url} refused the request (status {status}: {why})"), **told)
        if httpx.codes.is_redirect(status):
            return BadInput(N_("{url} sends its callers elsewhere: give the address at which it answers"), **told)
        if status in _AGAIN:
            return Unreachable(N_("{url} failed (status {status}: {why})"), **told)
        return Refused(N_("{url} refused the request (status {status}: {why})"), **told)

    def _not_the_server(self, path: str) -> NotTheServer:
        return NotTheServer(
            N_(
                "something before Label Studio answered 404 for {path} at {url}: see whether the server runs and the address "
                "is right"
            ),
            url=self.address, path=path,
        )  # fmt: skip


def _date(told: str) -> datetime | None:
    try:
        return parsedate_to_datetime(told).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; pages of HTML and the like are an empty one."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _own(body: bytes) -> bool:
    """Whether a refusal is Label Studio's own; a proxy has other words, or none."""
    return "detail" in _object(body)


def _said(body: bytes) -> str:
    """The server's own sentence, where it has one."""
    told = _object(body)
    detail = told.get("detail")
    wrong = told.get("validation_errors", {} if detail else told)  # some answers are the list of what is wrong
    said = [f"{name}: {each}" for name, each in _sentences(wrong)] or ([detail] if isinstance(detail, str) else [])
    return " ".join("; ".join(said).split())[:_LONGEST]


def _sentences(wrong: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(wrong, dict):
        return
    for name, told in wrong.items():
        for each in told if isinstance(told, list) else ():
            if isinstance(each, str):
                yield name, each

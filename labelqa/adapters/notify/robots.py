"""Group robots: Feishu (Lark), DingTalk and WeCom. Each takes one JSON message, and says in JSON whether it was taken.

Formats and signatures as the services document them for custom robots. All of them answer with status 200 also where a
message was refused, so the code in the answer is what counts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from labelqa.adapters.notify.config import ChannelConfig, Configured
from labelqa.adapters.notify.keys import Secret
from labelqa.adapters.notify.posting import checked, post
from labelqa.adapters.notify.wording import body, plain, title
from labelqa.errors import Refused
from labelqa.i18n import N_
from labelqa.workflows.watching.telling import Digest

LONGEST: Final = {
    "feishu": 15_000,
    "dingtalk": 15_000,
    "wecom": 4_096,
}  # bytes of text; the services take 20 KB, 20 KB, 4 KB
_CODES: Final = {"feishu": ("code", "StatusCode"), "dingtalk": ("errcode",), "wecom": ("errcode",)}
_WORDS: Final = {"feishu": ("msg", "StatusMessage"), "dingtalk": ("errmsg",), "wecom": ("errmsg",)}
_SHOWN: Final = 200  # characters of what a service says


@dataclass(frozen=True, slots=True)
class Robot(Configured):
    """A channel to a group robot."""

    config: ChannelConfig
    secret: Secret
    clock: Callable[[], datetime]

    def send(self, digest: Digest) -> str:
        """Send a message; gives what the service said. Refused where it refused it, Unreachable where it did not answer."""
        kind, url = self.config.kind, checked(self.secret.value, self.name)
        message = MESSAGES[kind](digest, self.config)
        if kind == "feishu" and self.secret.key:
            stamp = str(int(self.clock().timestamp()))
            message |= {"timestamp": stamp, "sign": feishu_sign(stamp, self.secret.key)}
        if kind == "dingtalk" and self.secret.key:
            url = dingtalk_url(url, str(int(self.clock().timestamp() * 1000)), self.secret.key)
        return self._read(post(url, message, channel=self.name))

    def _read(self, told: dict[str, Any]) -> str:
        code = next((told[name] for name in _CODES[self.config.kind] if name in told), None)
        words = next((told[name] for name in _WORDS[self.config.kind] if isinstance(told.get(name), str)), "")
        said = plain(self.secret.hidden(words))[:_SHOWN]
        if type(code) is int and code == 0:
            return f"{code} {said}".strip()
        raise Refused(
            N_("channel {channel} refused the message: {code} {said}"), channel=self.name, code=plain(str(code))[:20],
            said=said,
        )  # fmt: skip


def feishu_sign(stamp: str, key: str) -> str:
    """The signature of a Feishu robot: the stamp and key together are the HMAC's key, its text is empty.

    >>> feishu_sign("1700000000", "demo")[:12]
    '8oT2n3SMKFfE'
    """
    return base64.b64encode(hmac.new(f"{stamp}\n{key}".encode(), b"", hashlib.sha256).digest()).decode()


def dingtalk_url(url: str, stamp: str, key: str) -> str:
    """The address of a DingTalk robot with its signature: the HMAC of stamp (milliseconds) and key under the key."""
    sign = base64.b64encode(hmac.new(key.encode(), f"{stamp}\n{key}".encode(), hashlib.sha256).digest()).decode()
    parts = urlsplit(url)
    query = "&".join(each for each in (parts.query, urlencode({"timestamp": stamp, "sign": sign})) if each)
    return urlunsplit(parts._replace(query=query))


def _feishu(digest: Digest, config: ChannelConfig) -> dict[str, Any]:
    text = f"{title(digest, config.lang)}\n{body(digest, config.lang, most=LONGEST['feishu'])}"
    return {"msg_type": "text", "content": {"text": text}}


def _dingtalk(digest: Digest, config: ChannelConfig) -> dict[str, Any]:
    head, text = title(digest, config.lang), body(digest, config.lang, most=LONGEST["dingtalk"])
    shown = text.replace("\n", "\n\n")  # a single line break is none in its Markdown
    return {"msgtype": "markdown", "markdown": {"title": head, "text": f"### {head}\n\n{shown}"}}


def _wecom(digest: Digest, config: ChannelConfig) -> dict[str, Any]:
    head = f"### {title(digest, config.lang)}\n"
    text = head + body(digest, config.lang, most=LONGEST["wecom"] - len(head.encode()), mark="> ")
    return {"msgtype": "markdown", "markdown": {"content": text}}


MESSAGES: Final[dict[str, Callable[[Digest, ChannelConfig], dict[str, Any]]]] = {
    "feishu": _feishu, "dingtalk": _dingtalk, "wecom": _wecom
}  # fmt: skip

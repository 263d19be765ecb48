"""Channels: what each service is sent and signed with, what its answers mean, and that no secret gets out."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from labelqa.adapters.notify import posting, wording
from labelqa.adapters.notify.config import ChannelConfig, read_config
from labelqa.adapters.notify.keys import Secret, secret_of
from labelqa.adapters.notify.mail import Mail
from labelqa.adapters.notify.robots import LONGEST, Robot
from labelqa.adapters.notify.sending import channel_named, notify
from labelqa.errors import BadInput, LabelqaError, Message, Refused, Unreachable
from labelqa.i18n import render
from labelqa.records.alerts import Noticed
from labelqa.records.finding import Severity
from labelqa.workflows.desk import Desk
from labelqa.workflows.watching.keeping import alert_lines, opened, see_alert
from labelqa.workflows.watching.telling import GAP, MOST, Digest, channel_states, tell, trial
from tests.building import MONDAY, Clock, add_person, new_desk
from tests.unit.notify.stands import Post, Service, authority, listening, mailing

NOW, KEY, WORD = datetime(2026, 11, 20, 3, tzinfo=UTC), "SECdemo-key", "hidden word"
ZONE = ZoneInfo("Asia/Shanghai")
LINES = tuple((Severity.ERROR, Message("{name} gave 3 answers", {"name": f"p-{n}"})) for n in range(MOST))
DIGEST = Digest(workspace="质检", alerts=10_000, lines=LINES)


def config(kind: str = "feishu", **said: Any) -> ChannelConfig:
    told: dict[str, Any] = {
        "name": "lead", "kind": kind, "severities": frozenset(Severity), "lang": "en", "quiet": None, "zone": ZONE
    }  # fmt: skip
    return ChannelConfig(**(told | said))


def robot(kind: str, url: str, key: str = "", **said: Any) -> Robot:
    return Robot(config(kind, **said), Secret(url, key), lambda: NOW)


# ---- what each service is sent


def test_feishu_gets_a_text_signed_as_it_documents() -> None:
    with listening(service := Service()) as url:
        said = robot("feishu", f"{url}/open-apis/bot/v2/hook/abc", KEY).send(DIGEST)
    (body,) = service.bodies
    stamp = str(int(NOW.timestamp()))
    expected = base64.b64encode(hmac.digest(f"{stamp}\n{KEY}".encode(), b"", hashlib.sha256)).decode()
    assert (body["timestamp"], body["sign"], body["msg_type"]) == (stamp, expected, "text")
    assert body["content"]["text"].splitlines()[0] == "labelqa: 10000 alerts in 质检"
    assert body["content"]["text"].splitlines()[-2] == f"and {10_000 - MOST} more"
    assert said == "0 success"


def test_without_a_key_nothing_is_signed() -> None:
    with listening(service := Service()) as url:
        robot("feishu", f"{url}/hook/abc").send(DIGEST)
        robot("dingtalk", f"{url}/robot/send?access_token=abc").send(DIGEST)
    assert "sign" not in service.bodies[0]
    assert service.queries[1] == {"access_token": "abc"}


def test_dingtalk_gets_markdown_and_its_signature_in_the_address() -> None:
    with listening(service := Service()) as url:
        robot("dingtalk", f"{url}/robot/send?access_token=abc", KEY).send(DIGEST)
    (body,), (query,) = service.bodies, service.queries
    stamp = str(int(NOW.timestamp() * 1000))
    expected = base64.b64encode(hmac.digest(KEY.encode(), f"{stamp}\n{KEY}".encode(), hashlib.sha256)).decode()
    assert query == {"access_token": "abc", "timestamp": stamp, "sign": expected}
    assert body["msgtype"] == "markdown"
    assert body["markdown"]["title"].startswith("labelqa")
    assert "\n\n" in body["markdown"]["text"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_wecom_gets_markdown_of_at_most_4096_bytes(lang: Any) -> None:
    long = tuple((Severity.ERROR, Message("批次{n}" + "很长" * 150, {"n": n})) for n in range(MOST))
    with listening(service := Service()) as url:
        robot("wecom", f"{url}/cgi-bin/webhook/send?key=abc", lang=lang).send(
            Digest(workspace="w", alerts=99, lines=long)
        )
    content = service.bodies[0]["markdown"]["content"]
    assert service.bodies[0]["msgtype"] == "markdown"
    assert 1_500 < len(content.encode()) <= LONGEST["wecom"] == 4096
    shown = content.count("> ") - 1
    assert str(99 - shown) in content.splitlines()[-2]


def test_nothing_from_outside_mentions_links_or_formats() -> None:
    bad = Message("{release}", {"release": '<at user_id="all">all</at>\n[x](http://evil) `c` <@everyone>'})
    with listening(service := Service()) as url:
        for kind in LONGEST:
            robot(kind, f"{url}/h/abc").send(Digest(workspace="<at>", alerts=1, lines=((Severity.NOTE, bad),)))
    for body in service.bodies:
        said = str(body)
        assert not any(each in said for each in ("<at", "<@", "[x](", "`"))


# ---- what comes back


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("feishu", b'{"code": 19021, "msg": "sign match fail"}', "19021 sign match fail"),
        ("feishu", b'{"StatusCode": 9499, "StatusMessage": "Bad Request"}', "9499 Bad Request"),
        ("dingtalk", b'{"errcode": 310000, "errmsg": "keywords not in content"}', "310000 keywords"),
        ("wecom", b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "93000 invalid webhook url"),
        ("wecom", b'{"errmsg": "ok"}', "None ok"),
        ("wecom", b'{"errcode": "0", "errmsg": "ok"}', "0 ok"),
        ("wecom", b'{"errcode": false, "errmsg": "ok"}', "False ok"),
    ],
)
def test_a_refusal_within_a_200_is_a_refusal(kind: str, answer: bytes, words: str) -> None:
    with listening(Service(answer=answer)) as url, pytest.raises(Refused) as refused:
        robot(kind, f"{url}/h/abc").send(DIGEST)
    assert words in str(refused.value)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"null", b"[" * 60_000, b" " * 100_000, b"\xff{}"])
def test_an_answer_that_is_none_is_said(answer: bytes) -> None:
    with (
        listening(Service(answer=answer)) as url,
        pytest.raises(Unreachable, match="does not answer as such a service"),
    ):
        robot("feishu", f"{url}/h/abc").send(DIGEST)


def test_a_redirect_is_not_followed() -> None:
    with listening(other := Service()) as elsewhere:
        moved = Service(status=302, headers={"Location": f"{elsewhere}/caught"})
        with listening(moved) as url, pytest.raises(Unreachable, match="status 302"):
            robot("feishu", f"{url}/h/abc").send(DIGEST)
    assert other.paths == []


def test_a_fault_with_a_code_inside_is_told_by_the_code() -> None:
    service = Service(status=400, answer=b'{"code": 9499, "msg": "Bad Request"}')
    with listening(service) as url, pytest.raises(Refused, match="9499"):
        robot("feishu", f"{url}/h/abc").send(DIGEST)


def test_nobody_there_is_said_without_the_address() -> None:
    with pytest.raises(Unreachable) as failed:
        robot("feishu", "http://127.0.0.1:9/hook/very-secret-key").send(DIGEST)
    assert "secret" not in str(failed.value)
    assert "lead" in str(failed.value)


def test_a_service_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(posting, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable):
        robot("feishu", f"http://127.0.0.1:{silent.getsockname()[1]}/h/abc").send(DIGEST)


def test_what_a_service_says_never_holds_the_secret() -> None:
    said = b'{"code": 1, "msg": "no hook abcdef-123456 with SECdemo-key"}'
    with listening(Service(answer=said)) as url, pytest.raises(Refused) as refused:
        robot("feishu", f"{url}/hook/abcdef-123456", KEY).send(DIGEST)
    assert not any(each in str(refused.value) for each in ("abcdef-123456", KEY))


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "http://robots.example.com/h", "https://", "hook", "https://a b/c", "https://[::1"]
)
def test_an_address_that_would_not_do_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        robot("feishu", url).send(DIGEST)
    assert url not in str(refused.value)


# ---- e-mail


def mail(port: int, **said: Any) -> ChannelConfig:
    told = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "qa@example.com",
        "to": ("lead@example.com",),
    }
    return config("email", **(told | said))


def test_an_e_mail_over_starttls_with_a_password(tmp_path: Path) -> None:
    shows, believes = authority(tmp_path)
    with mailing(post := Post(trust=shows, password=WORD)) as port:
        Mail(mail(port, security="starttls", user="qa", lang="zh"), Secret(WORD), lambda: NOW, believes).send(DIGEST)
    (raw,) = post.mails
    told = email.message_from_string(raw, policy=email.policy.default)
    assert post.secured
    assert "质检" in told["Subject"]
    assert (told["From"], told["To"]) == ("qa@example.com", "lead@example.com")
    assert f"{10_000 - MOST}" in told.get_content()


def test_a_certificate_that_nobody_believes_stops_the_mail(tmp_path: Path) -> None:
    shows, _ = authority(tmp_path)
    with mailing(post := Post(trust=shows)) as port, pytest.raises(Unreachable, match="certificate is not trusted"):
        Mail(mail(port, security="starttls"), None, lambda: NOW).send(DIGEST)
    assert post.mails == []


def test_a_server_without_starttls_gets_no_password() -> None:
    with mailing(post := Post(password=WORD)) as port, pytest.raises(Unreachable, match="SMTPNotSupported"):
        Mail(mail(port, security="starttls", user="qa"), Secret(WORD), lambda: NOW).send(DIGEST)
    assert not any(each.startswith("AUTH") for each in post.said)


def test_a_wrong_password_is_said_without_it() -> None:
    with mailing(Post(password=WORD[1:])) as port, pytest.raises(Refused, match="535") as refused:
        Mail(mail(port, user="qa"), Secret(WORD), lambda: NOW).send(DIGEST)
    assert WORD not in str(refused.value)


def test_an_address_that_is_not_taken_is_said() -> None:
    with mailing(Post(refuse="lead@")) as port, pytest.raises(Refused, match="550 nobody of that name"):
        Mail(mail(port), None, lambda: NOW).send(DIGEST)


# ---- notify.toml and secrets


def written(folder: Path, text: str) -> Path:
    (folder / "notify.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_file_says_which_channels_there_are(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        '[channels.lead]\nkind = "wecom"\nseverities = ["error"]\nlang = "en"\nquiet = "22:00-08:00"\n'
        '[channels.office]\nkind = "email"\nhost = "smtp.example.com"\nuser = "qa"\nsender = "qa@example.com"\nto = ["a@b.cn"]\n',
    )
    lead, office = read_config(folder, ZONE)
    assert (lead.kind, lead.severities, lead.lang, lead.quiet) == ("wecom", {Severity.ERROR}, "en", (time(22), time(8)))
    assert (office.port, office.security, office.to, office.lang) == (587, "starttls", ("a@b.cn",), "zh")
    assert office.severities == {Severity.ERROR, Severity.WARNING}


def test_no_file_is_no_channel(tmp_path: Path) -> None:
    assert read_config(tmp_path, ZONE) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x =", "cannot be read"), ("a = 1", "channels.NAME"), ("[channels]\nlead = 1", "kind ="),
        ("channels = 3", "channels.NAME"), ('[channels.lead]\nkind = "pigeon"', "kind ="),
        ('[channels."Le Ad"]\nkind = "wecom"', "small letters"),
        ('[channels.lead]\nkind = "wecom"\nurl = "https://x/secret-hook"', "does not belong here"),
        ('[channels.lead]\nkind = "wecom"\nhost = "x"', "kind, lang"),
        ('[channels.lead]\nkind = "wecom"\nseverities = ["bad"]', "severities ="),
        ('[channels.lead]\nkind = "wecom"\nseverities = []', "severities ="),
        ('[channels.lead]\nkind = "wecom"\nlang = "fr"', "lang ="),
        ('[channels.lead]\nkind = "wecom"\nquiet = "25:00-08:00"', "quiet ="),
        ('[channels.lead]\nkind = "email"', "sender ="),
        ('[channels.lead]\nkind = "email"\nhost = "h"\nsender = "a@b\\nBcc: x@y"\nto = ["c@d"]', "sender ="),
        ('[channels.lead]\nkind = "email"\nhost = "h"\nsender = "a@b"\nto = ["c@d"]\nsecurity = "none"', "security ="),
        ('[channels.lead]\nkind = "email"\nhost = "h"\nsender = "a@b"\nto = ["c@d"]\nport = 99999', "port ="),
        ("x = 1\n" * 20_000, "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_file_is_said_and_no_secret_repeated(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_config(written(tmp_path, text), ZONE)
    assert expected in str(refused.value)
    assert "secret-hook" not in str(refused.value)


@pytest.mark.parametrize(("quiet", "hour", "rests"), [
    ((time(22), time(8)), 23, True), ((time(22), time(8)), 7, True), ((time(22), time(8)), 8, False),
    ((time(12), time(14)), 13, True), ((time(12), time(14)), 14, False), (None, 3, False),
])  # fmt: skip
def test_quiet_hours_go_over_midnight(quiet: Any, hour: int, rests: bool) -> None:
    at = datetime(2026, 11, 20, hour, tzinfo=ZONE).astimezone(UTC)
    assert config(quiet=quiet).rests(at) is rests


def test_a_secret_comes_from_a_tight_file_or_the_environment(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="LABELQA_NOTIFY_NIGHT_WATCH"):
        secret_of(tmp_path, "night-watch", {})
    path = tmp_path / "secrets" / "night-watch.notify"
    path.parent.mkdir()
    path.write_text("https://x/y\nkey\n")
    path.chmod(0o644)
    with pytest.raises(Refused, match="can be read by others"):
        secret_of(tmp_path, "night-watch", {})
    path.chmod(0o600)
    assert secret_of(tmp_path, "night-watch", {}) == Secret("https://x/y", "key")
    env = {"LABELQA_NOTIFY_NIGHT_WATCH": "https://z", "LABELQA_NOTIFY_NIGHT_WATCH_KEY": "k"}
    assert secret_of(tmp_path, "night-watch", env) == Secret("https://z", "k")
    assert "https://z" not in repr(secret_of(tmp_path, "night-watch", env))
    path.write_text("\n")
    with pytest.raises(BadInput, match="is empty"):
        secret_of(tmp_path, "night-watch", {})


# ---- telling what came up


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY)


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with new_desk(tmp_path / "w", clock=clock) as made:
        yield made


def noticed(desk: Desk, *found: Noticed) -> None:
    with opened(desk) as store:
        store.keep(found)


def one(n: int = 1, code: str = "after-leaving", count: int = 1) -> Noticed:
    return Noticed(code=code, person=f"p-{n}", count=count)


class Kept:
    """A channel that keeps what it is told, or fails."""

    def __init__(self, name: str = "lead", fails: LabelqaError | None = None) -> None:
        self.name, self.fails = name, fails
        self.severities, self.digests, self.quiet = frozenset({Severity.ERROR}), list[Digest](), False

    def rests(self, _at: datetime) -> bool:
        return self.quiet

    def send(self, digest: Digest) -> str:
        if self.fails:
            raise self.fails
        self.digests.append(digest)
        return "0"


def test_a_storm_is_one_message(desk: Desk) -> None:
    noticed(desk, *(one(n) for n in range(10_000)))
    (told,) = tell(desk, [channel := Kept()])
    (digest,) = channel.digests
    assert (told.alerts, digest.alerts, len(digest.lines), digest.more) == (10_000, 10_000, MOST, 10_000 - MOST)
    assert tell(desk, [channel])[0].alerts == 0
    assert len(channel.digests) == 1


def test_what_was_told_is_told_again_when_it_grew_tenfold(desk: Desk, clock: Clock) -> None:
    channel = Kept()
    counts = []
    for count in (1, 3, 5, 1, 90):
        noticed(desk, one(count=count))
        clock.now += GAP
        tell(desk, [channel])
        counts.append(len(channel.digests))
    assert counts == [1, 1, 1, 2, 3]


def test_a_channel_hears_only_of_what_it_wants_and_nothing_that_was_seen(desk: Desk) -> None:
    noticed(desk, one(1, "skipped"), one(2))
    lead, _ = (add_person(desk, each, organizer="Org", duties=["supervisor"], accounts={}) for each in ("A B", "C D"))
    see_alert(desk, 2, by=lead.person)
    assert [each.code for each in alert_lines(desk)] == ["skipped"]
    assert tell(desk, [channel := Kept()])[0].alerts == 0
    assert channel.digests == []


def test_what_fails_is_kept_shown_and_tried_again(desk: Desk, clock: Clock) -> None:
    noticed(desk, one())
    channel, other = Kept(fails=Unreachable("channel {channel} is away", channel="lead")), Kept("other")
    for _ in range(2):
        assert str(tell(desk, [channel, other])[0].error) == "channel lead is away"
    states = {each.channel: each for each in channel_states(desk)}
    assert (states["lead"].failures, str(states["lead"].error), states["other"].sent) == (2, "channel lead is away", 1)
    channel.fails = None
    assert tell(desk, [channel])[0].alerts == 1
    state = next(each for each in channel_states(desk) if each.channel == "lead")
    assert (state.failures, state.error, state.sent) == (0, None, 1)


def test_quiet_hours_wait_and_are_made_up_for(desk: Desk) -> None:
    noticed(desk, one())
    channel = Kept()
    channel.quiet = True
    assert tell(desk, [channel])[0].waits
    channel.quiet = False
    assert tell(desk, [channel])[0].alerts == 1


def test_two_messages_lie_apart(desk: Desk, clock: Clock) -> None:
    channel = Kept()
    noticed(desk, one(1))
    tell(desk, [channel])
    noticed(desk, one(2))
    assert tell(desk, [channel])[0].waits
    clock.now += timedelta(minutes=1)
    assert tell(desk, [channel])[0].alerts == 1


def test_names_never_leave_the_house(desk: Desk) -> None:
    person = add_person(
        desk, "Wang Xiaoming", organizer="Org", duties=["executor"], accounts={"s": "wang@example.com"}
    ).person
    noticed(desk, Noticed(code="after-leaving", person=person, item="a@b.cn", place="batch:b1"))
    tell(desk, [channel := Kept()])
    (line,) = channel.digests[0].lines
    assert person in render(line[1], "zh")
    assert "Wang" not in render(line[1], "zh")
    assert "a@b.cn" not in render(line[1], "en")
    assert "Wang" in render(alert_lines(desk)[0].message, "en")


def test_a_broken_file_or_secret_stops_no_pass(desk: Desk) -> None:
    noticed(desk, one())
    assert notify(desk, {}) == []
    written(desk.settings.workspace, '[channels.lead]\nkind = "wecom"\n[channels.other]\nkind = "feishu"\n')
    with listening(service := Service()) as url:
        told = notify(desk, {"LABELQA_NOTIFY_OTHER": f"{url}/h/abc"})
    assert {each.channel: each.error is None for each in told} == {"other": True, "lead": False}
    assert len(service.bodies) == 1
    written(desk.settings.workspace, "nonsense")
    assert [each.channel for each in notify(desk, {})] == ["–"]


def test_a_test_message_says_what_came_back(desk: Desk) -> None:
    written(desk.settings.workspace, '[channels.lead]\nkind = "dingtalk"\nlang = "en"\n')
    with listening(service := Service()) as url:
        env = {"LABELQA_NOTIFY_LEAD": f"{url}/robot/send?access_token=abc"}
        assert trial(desk, channel_named(desk, "lead", env)) == "0 ok"
    assert "test message" in service.bodies[0]["markdown"]["title"]
    with pytest.raises(BadInput, match="lead"):
        channel_named(desk, "other", {})


def test_alerts_made_anew_are_not_told_anew(desk: Desk, clock: Clock) -> None:
    noticed(desk, one(count=4))
    tell(desk, [channel := Kept()])
    with opened(desk) as store:
        store.forget()
    noticed(desk, one(count=4))
    clock.now += GAP
    assert (tell(desk, [channel])[0].alerts, len(channel.digests)) == (0, 1)


def test_a_channel_that_nothing_answers_for_is_told_in_words() -> None:
    with listening(Service()) as url:
        gone = url
    with pytest.raises(Unreachable) as told:
        robot("feishu", f"{gone}/hook").send(DIGEST)
    assert "nothing listens there" in str(told.value.message)
    assert "连接被拒绝" in render(told.value.message, "zh")


def test_a_chinese_line_has_a_chinese_colon() -> None:
    assert "错误：p-0" in wording.body(DIGEST, "zh", most=LONGEST["feishu"])

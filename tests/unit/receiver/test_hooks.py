"""Whether a webhook is as it should be, what mends it, and what a server's refusal means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labelqa.errors import BadInput, Refused
from labelqa.records.facts import Draft
from labelqa.records.servers import HookPlaced, ProjectFollowed
from labelqa.workflows.servers import hook_secrets, hooks
from labelqa.workflows.servers.hooks import ACTIONS, HEADER, Doing, Wanted, hook_url, mend, mending, why_not
from labelqa.workflows.sync.projects import followed_projects
from tests.building import new_desk

SECRET = "a-secret-of-thirty-characters-or-so"  # noqa: S105
URL = "http://10.0.0.5:8990/hooks/label-studio/ls"
WANTED = Wanted(project=3, url=URL, secret=SECRET)


def hook(number: int = 7, **changes: Any) -> dict[str, Any]:
    told = {
        "id": number, "project": 3, "url": URL, "actions": list(ACTIONS), "headers": {HEADER: SECRET},
        "send_for_all_actions": False, "send_payload": True, "is_active": True,
    }  # fmt: skip
    return told | changes


class Server:
    """What hooks a project has, and what was done to them."""

    def __init__(self, *there: dict[str, Any]) -> None:
        self.there = {each["id"]: each for each in there}

    def hooks(self, project: int) -> list[dict[str, Any]]:
        return [each for each in self.there.values() if each["project"] == project]

    def create_hook(self, project: int, *, url: str, actions: Any, headers: Any = None) -> dict[str, Any]:
        number = max(self.there, default=0) + 1
        self.there[number] = hook(number, project=project, url=url, actions=list(actions), headers=dict(headers))
        return self.there[number]

    def update_hook(self, number: int, *, url: str, actions: Any, headers: Any = None) -> dict[str, Any]:
        self.there[number] = hook(number, url=url, actions=list(actions), headers=dict(headers))
        return self.there[number]

    def delete_hook(self, number: int) -> None:
        del self.there[number]


WRONG = [
    ("hook-url", {"url": "http://10.0.0.9:1/hooks/label-studio/ls"}),
    ("hook-all-actions", {"send_for_all_actions": True, "actions": []}),
    ("hook-actions", {"actions": []}),
    ("hook-actions", {"actions": None}),
    ("hook-actions", {"actions": ["ANNOTATION_CREATED"]}),
    ("hook-inactive", {"is_active": False}),
    ("hook-secret", {"headers": {}}),
    ("hook-secret", {"headers": None}),
    ("hook-secret", {"headers": {HEADER: "another"}}),
    ("hook-secret", {"headers": {HEADER: "\ud800"}}),
    ("hook-payload", {"send_payload": False}),
]


def test_a_right_one_needs_nothing():
    found = mending(WANTED, [hook()])
    assert (found.fine, found.doing, found.hook, found.findings) == (True, Doing.NOTHING, 7, ())
    assert mending(WANTED, [hook(headers={HEADER.lower(): SECRET}, actions=[*ACTIONS, "LABEL_LINK_DELETED"])]).fine


@pytest.mark.parametrize(("code", "changes"), WRONG)
def test_what_is_wrong_is_found_and_mended(code: str, changes: dict[str, Any]):
    server = Server(hook(**changes))
    found = mending(WANTED, server.hooks(3), known={7})
    assert [each.code for each in found.findings] == [code]
    assert found.doing == Doing.REPAIR
    assert mend(server, WANTED, found) == 7
    assert mending(WANTED, server.hooks(3)).fine
    assert SECRET not in repr(found) + repr(WANTED)
    assert all(SECRET not in str(each.message) for each in found.findings)


def test_none_is_made_once():
    server = Server(hook(1, project=9), hook(2, url="http://x.example/other"))
    found = mending(WANTED, server.hooks(3))
    assert [each.code for each in found.findings] == ["hook-missing"]
    assert mend(server, WANTED, found) == 3
    assert mending(WANTED, server.hooks(3)).fine


def test_doubled_ones_are_removed_and_the_right_one_stays():
    server = Server(hook(1, url="http://old.example/hooks/label-studio/ls"), hook(2), hook(3, is_active=False))
    found = mending(WANTED, server.hooks(3), known={1})
    assert (found.hook, found.doubled, found.doing) == (2, (3, 1), Doing.NOTHING)
    assert [each.code for each in found.findings] == ["hook-doubled"]
    assert not found.fine
    mend(server, WANTED, found)
    assert list(server.there) == [2]


def test_another_labelqas_webhook_is_told_and_left_alone():
    server = Server(hook(1, url="http://10.9.9.9:8990/hooks/label-studio/ls"), hook(2))
    found = mending(WANTED, server.hooks(3))
    assert found.fine
    assert [(each.code, each.severity) for each in found.findings] == [("hook-elsewhere", "note")]
    assert "10.9.9.9" in str(found.findings[0].message)


@pytest.mark.parametrize("odd", [{}, {"id": True}, {"id": "7"}, {"id": 7, "url": None}, {"id": 7, "url": "http://["}])
def test_odd_answers_are_no_webhook_of_ours(odd: dict[str, Any]):
    assert mending(WANTED, [odd]).doing == Doing.CREATE


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://10.0.0.5:8990", "http://10.0.0.5:8990/hooks/label-studio/ls"),
        (" https://qa.example.com/labelqa/ ", "https://qa.example.com/labelqa/hooks/label-studio/ls"),
        ("http://[::1]:8990/", "http://[::1]:8990/hooks/label-studio/ls"),
        ("http://localhost:1/", "http://localhost:1/hooks/label-studio/ls"),
    ],
)
def test_addresses_of_the_receiver(base: str, url: str):
    assert hook_url(base, "ls") == url


@pytest.mark.parametrize(
    "base",
    [
        "",
        "10.0.0.5:8990",
        "ftp://a.b/",
        "http://",
        "http://a.b/?x=1",
        "http://u:pw@a.b/",
        "http://[x/",
        "http://a.b:99999/",
    ],
)
def test_addresses_that_are_none(base: str):
    with pytest.raises(BadInput) as refused:
        hook_url(base, "ls")
    assert "pw" not in str(refused.value).replace("password", "")


def test_a_host_of_one_word_is_refused_before_the_server_does():
    with pytest.raises(BadInput, match=r"labelqa\.local"):
        hook_url("http://labelqa:8990/", "ls")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("http://x does not allow it (URL resolves to a reserved network address)", "SSRF_PROTECTION_ENABLED"),
        ("http://x refused the request (status 400: Enter a valid URL.)", "single word"),
        ("http://x failed (status 500: 500)", "resolve"),
    ],
)
def test_a_servers_refusal_is_explained(said: str, word: str):
    assert word in str(why_not(said))
    assert why_not("http://x has no api/webhooks/") is None


def test_what_was_placed_is_recorded_without_the_secret(tmp_path: Path):
    with new_desk(tmp_path) as desk:
        hooks.record_hook(desk, "ls", mending(WANTED, []), hook=7)
        hooks.record_hook(desk, "ls", mending(WANTED, [hook(is_active=False)]), hook=7)
        facts = desk.ledger.view()
        assert hooks.placed(facts, "ls") == {
            3: HookPlaced(server="ls", project=3, hook=7, url=URL, actions=list(ACTIONS), repaired=True)
        }
        assert hooks.placed(facts, "other") == {}
        bodies = [
            ProjectFollowed(server="ls", project=3, title="a"),
            ProjectFollowed(server="ls", project=5, title="c"),
            ProjectFollowed(server="ls", project=5, title="c", ended=True),
            ProjectFollowed(server="other", project=6, title="d"),
        ]
        for body in bodies:
            told = Draft(body=body, subjects=("server:ls",), actor="lead", identity=desk.identity)
            desk.ledger.append([told], now=desk.clock())
        assert [each.project for each in followed_projects(desk, "ls")] == [3]
    assert SECRET.encode() not in b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())


def test_a_secret_is_made_once_and_kept_for_its_owner(tmp_path: Path):
    made = hook_secrets.made_secret(tmp_path, "ls", env={})
    assert len(made) >= 32
    assert hook_secrets.made_secret(tmp_path, "ls", env={}) == made == hook_secrets.kept_secret(tmp_path, "ls")
    path = tmp_path / "secrets" / "ls.hook"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [each.name for each in path.parent.iterdir()] == ["ls.hook"]
    assert hook_secrets.made_secret(tmp_path, "other", env={}) != made
    told = {hook_secrets.SECRET: "told-in-the-environment"}
    assert hook_secrets.made_secret(tmp_path, "third", env=told) == "told-in-the-environment"
    assert not (tmp_path / "secrets" / "third.hook").exists()
    path.chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        hook_secrets.kept_secret(tmp_path, "ls")


def test_names_that_are_no_files_and_secrets_that_are_none(tmp_path: Path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "outside.hook").write_text("a" * 40)
    for name in ("../outside", "", "a/b", "LS", "."):
        assert hook_secrets.kept_secret(tmp_path, name) == ""
    for bad in ("short", "with a blank in it, which no header keeps", "汉字" * 20):
        with pytest.raises(BadInput):
            hook_secrets.hook_secret(tmp_path, "ls", env={hook_secrets.SECRET: bad})
    (tmp_path / "secrets" / "link.hook").symlink_to(tmp_path / "outside.hook")
    with pytest.raises(Refused, match="is a link"):
        hook_secrets.kept_secret(tmp_path, "link")
    key = tmp_path / "secrets" / "ls.signing"
    key.touch(0o600)
    key.write_text("whsec_0123456789abcdef\n")
    assert hook_secrets.signing_key(tmp_path, "ls", env={}) == "whsec_0123456789abcdef"
    assert hook_secrets.signing_key(tmp_path, "ls", env={hook_secrets.KEY: "k" * 20}) == "k" * 20

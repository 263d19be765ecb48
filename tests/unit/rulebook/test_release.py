"""Releases: digests, versions, what forbids one, what is material; and the lock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from labelqa.errors import Message
from labelqa.records.finding import Finding, Severity, finding
from labelqa.rulebook.lock import Lock, Locked, parse_lock, render_lock, verify_lock
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.release import (
    check_release,
    digest,
    outline,
    release_bytes,
    release_name,
)
from labelqa.rulebook.versions import Version

Make = Callable[..., Rulebook]
AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def found(severity: Severity) -> Finding:
    return finding("RB401", "vague: {words}", mend=Message("say it"), severity=severity, words="etc.")


def test_digest_is_over_the_exact_bytes() -> None:
    assert digest(b"abc") == hashlib.sha256(b"abc").hexdigest()
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4
    assert release_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3") == b"a: 1\nb: 2\nc: 3\n"
    assert release_bytes(release_bytes(b"a\r\n\n")) == release_bytes(b"a\r\n\n")


def test_versions_are_ordered_by_number() -> None:
    texts = ["10.0.0", "1.10.0", "1.9.9", "1.9.10", "0.0.1"]
    assert sorted(texts, key=Version.parse) == ["0.0.1", "1.9.9", "1.9.10", "1.10.0", "10.0.0"]
    assert str(Version.parse("1.2.3")) == "1.2.3"
    for bad in ("1.0", "01.0.0", "1.0.0-rc1", "1.0.1٣", "", "1.0.0\n"):
        with pytest.raises(ValueError, match="MAJOR"):
            Version.parse(bad)


def test_release_is_blocked_by_errors_and_not_by_warnings(make: Make) -> None:
    assert check_release(make(), [found(Severity.WARNING)], None) == []
    error = found(Severity.ERROR)
    assert check_release(make(), [found(Severity.NOTE), error], None) == [error]


@pytest.mark.parametrize(
    ("version", "blocked"), [("1.0.0", True), ("0.9.0", True), ("1.0.1", False), ("1.10.0", False)]
)
def test_version_must_rise(make: Make, version: str, blocked: bool) -> None:
    new = replace(make(), version=version)
    assert [each.code for each in check_release(new, [], make())] == (["RB701"] if blocked else [])


def test_form_name_and_kind_are_checked(make: Make) -> None:
    assert [each.code for each in check_release(replace(make(), format=9), [], None)] == ["RB702"]
    assert [each.code for each in check_release(replace(make(), version="next"), [], make())] == ["RB702"]
    other = replace(make(), name="climate", version="2.0.0")
    assert [each.code for each in check_release(other, [], make())] == ["RB703"]


def test_outline_and_name(make: Make) -> None:
    told = outline(make())
    assert release_name(make()) == "weather@1.0.0"
    assert (told.labels, told.rules, told.examples) == (["sunny", "rainy"], 2, 6)
    assert (told.title, told.control, told.kind) == ({"zh": "天气", "en": "Weather"}, "mood", "functional")


def locked(data: bytes) -> Locked:
    return Locked(digest=digest(data), released_at=AT, by="p-1")


def test_lock_round_trip_and_order() -> None:
    lock = (
        Lock().adding("b", "1.9.0", locked(b"1")).adding("b", "1.10.0", locked(b"2")).adding("a", "1.0.0", locked(b"3"))
    )
    again, problems = parse_lock(render_lock(lock))
    assert (again, problems) == (lock, [])
    assert (lock.versions("b"), lock.latest("b"), lock.latest("none")) == (("1.9.0", "1.10.0"), "1.10.0", "")
    with pytest.raises(ValueError, match="never replaced"):
        lock.adding("b", "1.9.0", locked(b"x"))


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "null", '{"format": 3, "rulebooks": {}}', '{"format": 1, "rulebooks": []}', "[" * 100_000,
        '{"format": 1, "rulebooks": {"a": {"1.0": {}}}}', b"\xff\xfe\x00",
        '{"format": 1, "rulebooks": {"a": {"1.0.0": {"digest": "00", "released_at": "2026-11-02T00:00Z", "by": ""}}}}',
        '{"format": 1, "rulebooks": {"a": {"1.0.0": {"digest": 7, "released_at": "2026-11-02T00:00Z", "by": ""}}}}',
        '{"format": 2, "rulebooks": {"a": {"1.0.0": {"digest": "%s", "released_at": "2026-11-02T00:00Z", "by": "", '
        '"signatures": [7]}}}}' % ("0" * 64),
        '{"format": 2, "rulebooks": {"a": {"1.0.0": {"digest": "%s", "released_at": "2026-11-02T00:00Z", "by": "", '
        '"effective_from": "soon"}}}}' % ("0" * 64),
    ],
)  # fmt: skip
def test_unreadable_lock_is_a_finding(text: str | bytes) -> None:
    lock, problems = parse_lock(text)
    assert lock is None
    assert [each.code for each in problems] == ["RB714"]


def test_lock_keeps_dates_and_signatures_and_reads_the_first_format() -> None:
    held = replace(locked(b"3"), effective_from=datetime(2026, 12, 1, tzinfo=UTC), signatures=("p-1", "p-2"))
    again, _ = parse_lock(render_lock(Lock().adding("a", "1.0.0", held)))
    assert again is not None
    assert again.entries["a"]["1.0.0"] == held
    first = (
        '{"format": 1, "rulebooks": {"a": {"1.0.0": {"digest": "%s", "released_at": "2026-11-02T00:00Z", "by": "x"}}}}'
    )
    old, problems = parse_lock(first % ("ab" * 32))
    assert old is not None
    assert problems == []
    entry = old.entries["a"]["1.0.0"]
    assert (entry.digest, entry.by, entry.effective_from, entry.signatures) == ("ab" * 32, "x", None, ())


def test_lock_without_time_zone_is_refused() -> None:
    text = render_lock(Lock().adding("a", "1.0.0", locked(b"3")))
    assert parse_lock(text.replace("+00:00", ""))[0] is None


def test_verify_lock_tells_what_was_done() -> None:
    lock = Lock()
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        lock = lock.adding("a", version, locked(version.encode()))
    files = {
        "a/1.0.0.yaml": b"1.0.0",
        "a/1.1.0.yaml": b"1.1.0 ",
        "a/2.0.0.yaml": b"new",
        "a/draft.yaml": b"draft",
        "a/clarifications/1.yaml": b"answer",
        "lock.json": b"{}",
    }
    told = [(each.code, each.place.file) for each in verify_lock(lock, files)]
    assert told == [("RB711", "a/1.1.0.yaml"), ("RB712", "a/1.2.0.yaml"), ("RB713", "a/2.0.0.yaml")]
    assert verify_lock(Lock(), {"a/draft.yaml": b""}) == []


def test_only_what_is_named_like_a_clarification_is_left_alone() -> None:
    fine = ("a/clarifications/12.yaml", "a/clarifications/draft.yaml", "a/clarifications/draft-2.yaml", "a/draft.yaml")
    assert verify_lock(Lock(), dict.fromkeys((*fine, "a/notes.md"), b"")) == []
    planted = ("a/1.0.0.YML", "a/clarifications/0.yaml", "a/clarifications/x/draft.yaml", "clarifications/1.0.0.yaml")
    found = verify_lock(Lock(), dict.fromkeys(planted, b""))
    assert [(each.code, each.place.file) for each in found] == [("RB713", each) for each in planted]

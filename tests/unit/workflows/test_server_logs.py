"""Attached access logs: which time they are about, whether they are still what they were, and what they must not hold."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.errors import BadInput, Refused
from labelqa.ledger.view import viewed
from labelqa.records.accounts import LogState
from labelqa.records.clock import moment_text
from labelqa.records.facts import Fact, LogAttached
from labelqa.records.review import Identity
from labelqa.records.servers import ServerTold
from labelqa.workflows.desk import Desk
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.registers.attachments import FOLDER
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.servers.links import item_url
from labelqa.workflows.servers.log_file import look
from labelqa.workflows.servers.logs import attach_log, coverages, log_coverage, log_findings, log_lines
from tests.building import MONDAY, Answer, Clock, new_desk, take_in

DAY = timedelta(days=1)
LINE = '127.0.0.1 - 7 [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET /projects/1/data HTTP/1.1" 200 12\n'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "ws", clock=Clock(MONDAY + 30 * DAY)) as made:
        told = ServerTold(version="1.23.2", edition="Community", account="1", projects=1)
        connect_server(made, Connecting(name="ls", url="https://labels.example.com"), told)
        yield made


def log(folder: Path, start: datetime, days: int, *, more: str = "", name: str = "王敏-access.log") -> Path:
    path = folder / name
    path.write_text("".join(LINE.format(at=start + each * DAY) for each in range(days + 1)) + more)
    return path


def test_a_log_is_known_by_digest_and_its_name_stays_out_of_the_facts(desk: Desk, tmp_path: Path) -> None:
    path = log(tmp_path, MONDAY, 3)
    done = attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + 3 * DAY)
    assert (done.new, done.line.lines, done.findings) == (True, 4, ())
    again = attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + 3 * DAY)
    assert (again.new, again.line.fact) == (False, done.line.fact)
    assert "王敏" not in "".join(str(row) for row in desk.ledger.rows())
    (line,) = log_lines(desk, verify=True)
    assert (line.name, line.state) == (path.name, LogState.AS_ATTACHED)
    with path.open("a") as stream:
        stream.write("x\n")
    assert [each.code for each in log_findings(log_lines(desk, verify=True))] == ["AL005"]
    path.unlink()
    assert [each.code for each in log_findings(log_lines(desk, verify=True))] == ["AL004"]
    assert log_findings(log_lines(desk)) == ()  # nothing was looked at, so nothing is said


def test_said_again_it_corrects_and_a_longer_file_comes_in_its_place(desk: Desk, tmp_path: Path) -> None:
    path = log(tmp_path, MONDAY, 3)
    first = attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + 3 * DAY)
    wider = attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + 4 * DAY)
    assert [each.fact for each in log_lines(desk)] == [wider.line.fact]
    log(tmp_path, MONDAY, 6)
    whole = attach_log(
        desk, path, server="ls", start=MONDAY, end=MONDAY + 6 * DAY, instead=wider.line.fact, reason="grown"
    )
    assert [each.fact for each in log_lines(desk)] == [whole.line.fact]
    with pytest.raises(Refused, match="no attached log"):
        attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + DAY, instead=first.line.fact)


def test_a_kept_copy_is_among_the_attachments_and_verified_with_them(desk: Desk, tmp_path: Path) -> None:
    path = log(tmp_path, MONDAY, 1)
    done = attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + DAY, kept=True)
    path.unlink()
    assert log_lines(desk, verify=True)[0].state is LogState.AS_ATTACHED
    assert verify_ledger(desk).findings == ()
    (desk.settings.workspace / FOLDER / done.line.digest).unlink()
    assert [each.code for each in verify_ledger(desk).findings] == ["LG110"]
    assert log_lines(desk, verify=True)[0].state is LogState.MISSING


@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Token 0123456789abcdef0123456789abcdef01234567",
        '"GET /api?access_token=abcdefghij HTTP/1.1"',
        "Bearer abcdefghijklmnopqrstuvwxyz",
        "cookie sessionid=abcdefghijklmnopqrst;",
    ],
)
def test_secrets_in_a_log_are_told_and_no_copy_of_them_is_kept(desk: Desk, tmp_path: Path, secret: str) -> None:
    path = log(tmp_path, MONDAY, 1, more=secret + "\n")
    with pytest.raises(Refused, match="tokens or passwords"):
        attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + DAY, kept=True)
    assert not (desk.settings.workspace / FOLDER).exists()
    done = attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + DAY)
    assert [each.code for each in done.findings] == ["AL003"]
    assert secret not in repr(done)


def test_what_speaks_against_the_period_is_told(desk: Desk, tmp_path: Path) -> None:
    path = log(tmp_path, MONDAY + 5 * DAY, 2)
    done = attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + 7 * DAY)
    assert [each.code for each in done.findings] == ["AL002"]
    silent = tmp_path / "silent.log"
    silent.write_text("something\n")
    done = attach_log(desk, silent, server="ls", start=MONDAY, end=MONDAY + DAY)
    assert [each.code for each in done.findings] == ["AL001"]


@pytest.mark.parametrize("wrong", ["folder", "empty", "link", "missing", "turned", "ahead", "name"])
def test_what_cannot_be_a_log_is_one_sentence(desk: Desk, tmp_path: Path, wrong: str) -> None:
    path, start, end, reason = log(tmp_path, MONDAY, 1), MONDAY, MONDAY + DAY, ""
    if wrong == "folder":
        path = tmp_path
    elif wrong == "empty":
        path.write_bytes(b"")
    elif wrong == "link":
        (tmp_path / "link.log").symlink_to(path)
        path = tmp_path / "link.log"
    elif wrong == "missing":
        path = tmp_path / "none.log"
    elif wrong == "turned":
        start, end = end, start
    elif wrong == "ahead":
        end = MONDAY + 400 * DAY
    else:
        desk.ledger.identities.attach("ls", {"wang.min": desk.ledger.identities.persons("ls", ["9"], mint=lambda: "p-1")["9"]})  # fmt: skip
        reason = "wang.min asked for it"
    before = desk.ledger.head()
    with pytest.raises(BadInput):
        attach_log(desk, path, server="ls", start=start, end=end, reason=reason)
    assert desk.ledger.head() == before


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ('- - [22/Nov/2026:08:00:00 +0800] "GET /"', datetime(2026, 11, 22, tzinfo=UTC)),
        ('{"level":"info","ts":1795305600.5,"request":{}}', datetime(2026, 11, 22, 0, 0, 0, 500000, UTC)),
        ("2026-11-22T08:00:00+08:00 GET /", datetime(2026, 11, 22, tzinfo=UTC)),
        ('{"time":"2026-11-22T08:00:00+08:00","who":"7","path":"/"}', datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T08:00:00 GET /", None),  # no offset: which moment that is nobody knows
        ("[99/Nov/2026:08:00:00 +0800]", None),
        ('"ts":99999999999999', None),
    ],
)
def test_times_are_read_as_proxies_write_them(line: str, at: datetime | None) -> None:
    seen = look(io.BytesIO(line.encode() + b"\n"))
    assert (seen.first, seen.last, seen.lines) == (at, at, 1)


@given(st.binary(max_size=4_000))
def test_any_bytes_are_looked_at(raw: bytes) -> None:
    seen = look(io.BytesIO(raw))
    assert seen.size == len(raw)
    assert seen.lines == sum(bool(each.strip()) for each in raw.split(b"\n"))


def fact(seq: int, start: int, end: int, *, server: str = "ls", supersedes: int | None = None) -> Fact:
    body = LogAttached(
        server=server, name="", digest=str(seq), start=moment_text(MONDAY + start * DAY), end=moment_text(MONDAY + end * DAY),
        lines=1,
    )  # fmt: skip
    return Fact(
        seq=seq, kind="log.attached", format=1, actor="lead", identity=Identity.ASSERTED, recorded_at=MONDAY,
        effective_at=MONDAY, subjects=(f"server:{server}",), supersedes=supersedes, body=body, hash="",
    )  # fmt: skip


SPANS = st.lists(st.tuples(st.integers(-5, 25), st.integers(1, 8)), max_size=8)


@given(SPANS, st.integers(0, 10), st.integers(1, 10))
def test_what_is_covered_is_what_a_slow_count_of_days_says(spans: list[tuple[int, int]], start: int, days: int) -> None:
    facts = viewed([fact(place + 1, at, at + long) for place, (at, long) in enumerate(spans)])
    found = log_coverage(facts, "ls", MONDAY + start * DAY, MONDAY + (start + days) * DAY)
    without = [each for each in range(start, start + days) if not any(at <= each < at + long for at, long in spans)]
    assert found.share == pytest.approx(1 - len(without) / days)
    assert found.complete is (not without)
    gaps = [each for gap in found.gaps for each in range((gap.start - MONDAY) // DAY, (gap.end - MONDAY) // DAY)]
    assert gaps == without


def test_without_a_log_and_without_a_period_there_is_no_evidence() -> None:
    empty = log_coverage(viewed([]), "ls", MONDAY, MONDAY + DAY)
    assert (empty.share, empty.complete) == (0, False)
    none = log_coverage(viewed([]), "ls", MONDAY, MONDAY)
    assert (none.share, none.complete) == (None, False)
    other = log_coverage(viewed([fact(1, 0, 5, server="else")]), "ls", MONDAY, MONDAY + DAY)
    assert other.share == 0


def test_a_corrected_log_and_lines_that_say_less_cover_less(desk: Desk, tmp_path: Path) -> None:
    facts = viewed([fact(1, 0, 9), fact(2, 0, 1, supersedes=1)])
    assert log_coverage(facts, "ls", MONDAY, MONDAY + 2 * DAY).share == pytest.approx(0.5)
    path = log(tmp_path, MONDAY, 2)
    attach_log(desk, path, server="ls", start=MONDAY, end=MONDAY + 20 * DAY)
    (found,) = coverages(desk, start=MONDAY, end=MONDAY + 20 * DAY)
    assert found.share == pytest.approx(0.1)
    assert found.gaps[0].start == MONDAY + 2 * DAY


def test_an_item_leads_to_its_task_while_its_server_is_connected(desk: Desk) -> None:
    data = {"41": {"text": "one"}}
    take_in(desk, [Answer("41", "7", "A")], data=data, server="ls")
    take_in(desk, [Answer("42", "7", "A")], data={"42": {"text": "two"}}, name="table.csv")
    assert item_url(desk, "41") == "https://labels.example.com/projects/7/data?task=41"
    assert item_url(desk, "42") == ""  # a plain table is on no server
    assert item_url(desk, "nothing") == ""

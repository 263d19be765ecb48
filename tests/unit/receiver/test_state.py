"""What the receiver says of itself: /health, /metrics, its rates and its log."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.adapters.receiver.guards import Rates, address, networks, remembered, source_of
from labelqa.adapters.receiver.lines import Lines
from labelqa.errors import WrongUsage
from tests.unit.receiver.calling import NOW, RIGHT, SECRET, Moving, Receiver, payload, receiver

LINE = re.compile(r'[a-z_]+(\{([a-z_]+="(\\.|[^"\\])*",?)*\})? [0-9.e+-]+')


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as made:
        yield made


def test_health_tells_what_waits_and_when_the_worker_was_last_at_work(here: Receiver):
    here.post(payload(1))
    here.inbox.passed("ls", NOW, why="")
    here.clock.passed += 30
    told = here.read("/health")
    assert told.status_code == 200
    assert told.json() | {"note": ""} == {
        "status": "ok", "inbox": "writable", "worker": "none", "restarts": 0, "waiting": 1,
        "oldest_waiting_seconds": 30.0, "failed": 0, "last_pass": {"ls": {"at": "2026-11-16T02:00:00+00:00", "why": ""}},
        "late": False, "not_kept": {"busy": 0, "full": 0, "disk": 0, "defect": 0}, "note": "",
    }  # fmt: skip


def test_a_worker_that_does_nothing_for_long_is_a_failure(here: Receiver):
    here.clock.passed += 3600
    assert here.read("/health").status_code == 200, "without a worker of its own the receiver waits for none"
    here.reception.pulse.worker = "running"
    sick = here.read("/health")
    assert (sick.status_code, sick.json()["status"], sick.json()["late"]) == (503, "failing", True)
    here.inbox.passed("ls", here.clock())
    assert here.read("/health").status_code == 200


def test_a_disk_that_is_nearly_full_is_a_failure_before_it_is_one(here: Receiver, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    sick = here.read("/health")
    assert (sick.status_code, sick.json()["inbox"]) == (503, "full")


def test_metrics_are_prometheus_text(here: Receiver):
    here.post(payload(1))
    here.post(payload(1))
    here.post({"action": "UNHEARD_OF"})
    here.post(b"{")
    here.post(payload(2), headers={})
    here.inbox.passed("ls", NOW)
    here.clock.passed += 5
    answer = here.read("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert [line for line in lines if not line.startswith("# ") and not LINE.fullmatch(line)] == []
    assert 'labelqa_hook_answers_total{server="ls",action="ANNOTATION_CREATED",answer="doubled"} 1' in lines
    assert 'labelqa_hook_answers_total{server="ls",action="other",answer="stored"} 1' in lines
    assert 'labelqa_hook_answers_total{server="",action="",answer="secret"} 1' in lines
    assert "labelqa_hook_ack_seconds_count 3" in lines
    assert 'labelqa_hook_ack_seconds_bucket{le="+Inf"} 3' in lines
    assert "labelqa_inbox_waiting 2" in lines
    assert "labelqa_inbox_oldest_waiting_seconds 5" in lines
    assert f'labelqa_last_pass_timestamp_seconds{{server="ls"}} {NOW.timestamp():.10g}' in lines
    kinds = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(kinds) == len(set(kinds))
    assert SECRET not in answer.text


def test_an_inbox_that_is_gone_leaves_the_rest_of_the_figures(here: Receiver):
    here.inbox.close()
    assert "labelqa_hook_answers_total" in here.read("/metrics").text
    assert here.read("/health").status_code == 503


def test_other_pages_and_methods_are_not_there(here: Receiver):
    found = here.calls(
        {"method": "GET", "url": "/hooks/label-studio/ls", "headers": RIGHT},
        {"method": "PUT", "url": "/hooks/label-studio/ls", "headers": RIGHT},
        {"method": "POST", "url": "/health"},
        {"method": "GET", "url": "/docs"},
        {"method": "GET", "url": "/"},
        {"method": "POST", "url": "/hooks/label-studio/ls/"},
    )
    assert [each.status_code for each in found] == [405, 405, 405, 404, 404, 404], "and never a redirect"


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 5), st.integers(1, 8))
def test_no_source_gets_more_than_its_rate(pauses: list[float], rate: int, burst: int):
    clock = Moving()
    rates, taken = Rates(rate, burst, clock.seconds), 0
    for pause in pauses:
        clock.passed += pause
        taken += rates.takes("a")
        assert taken <= burst + rate * clock.passed + 1e-6


def test_rates_of_many_sources_are_forgotten_oldest_first():
    rates = Rates(0.001, 1, Moving().seconds)
    assert [rates.takes(str(n)) for n in range(2000)] == [True] * 2000
    assert len(rates._left) <= 1024


def test_addresses():
    assert str(address("::ffff:1.2.3.4")) == "1.2.3.4"
    assert address("testclient") is None
    with pytest.raises(WrongUsage, match="no address"):
        networks(["10.0.0.0/99"])
    proxies = networks(["10.0.0.1", "10.0.0.2"])
    assert str(source_of("10.0.0.1", ["1.1.1.1", "2.2.2.2, 10.0.0.2"], proxies)) == "2.2.2.2"
    assert source_of("10.0.0.1", ["1.1.1.1, junk"], proxies) is None
    assert str(source_of("10.0.0.1", [], proxies)) == "10.0.0.1"


def test_secrets_are_read_anew_every_second():
    clock, there, asked = Moving(), {"a": "one"}, []
    told = remembered(lambda name: asked.append(name) or there.get(name, ""), clock.seconds)
    assert [told("a"), told("a"), told("b"), told("b")] == ["one", "one", "", ""]
    assert asked == ["a", "b", "b"]
    there.update(a="two", b="three")
    assert [told("a"), told("b")] == ["one", "three"]
    clock.passed += 1.5
    assert told("a") == "two"
    there.clear()
    clock.passed += 1.5
    assert told("a") == ""


class Stuck(io.StringIO):
    """A stream that whoever read it has left."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_log_that_nobody_reads_stops_nothing():
    clock = Moving()
    with Lines(Stuck(), clock, clock.seconds) as lines:
        lines.write("hook", answer="stored")
    assert lines.dropped == 1

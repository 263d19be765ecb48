"""What the receiver counts of itself, as Prometheus reads it: answers, how long they took, what waits.

Everything is in memory and begins at zero with the process; what is to last is counted by the inbox.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
Labels = tuple[tuple[str, str], ...]


class Tally:
    """Answers by server, action and kind, and how long those took that say that something was kept."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, str, str]] = Counter()
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def answered(self, server: str, action: str, answer: str, seconds: float, *, kept: bool) -> None:
        """Count one answer."""
        self.answers[server, action, answer] += 1
        if kept:
            self._buckets[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    def text(self, gauges: Mapping[str, tuple[str, Mapping[Labels, float]]]) -> str:
        """The page: our counters, then gauges by name with their help and their values."""
        lines = _head("labelqa_hook_answers_total", "Calls by server, action and answer.", "counter")
        for (server, action, answer), n in sorted(self.answers.items()):
            lines.append(
                _line("labelqa_hook_answers_total", (("server", server), ("action", action), ("answer", answer)), n)
            )
        lines += _head(
            "labelqa_hook_ack_seconds", "Time from a call's head to the answer that it is kept.", "histogram"
        )
        total = 0
        for bound, n in zip((*map(str, BOUNDS), "+Inf"), self._buckets, strict=True):
            total += n
            lines.append(_line("labelqa_hook_ack_seconds_bucket", (("le", bound),), total))
        lines += [
            _line("labelqa_hook_ack_seconds_sum", (), self._seconds),
            _line("labelqa_hook_ack_seconds_count", (), total),
        ]
        for name, (says, values) in gauges.items():
            lines += _head(name, says, "counter" if name.endswith("_total") else "gauge")
            lines += [_line(name, labels, value) for labels, value in values.items()]
        return "\n".join(lines) + "\n"


def _head(name: str, says: str, kind: str) -> list[str]:
    return [f"# HELP {name} {says}", f"# TYPE {name} {kind}"]


def _line(name: str, labels: Iterable[tuple[str, str]], value: float) -> str:
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{told}}} {value:.10g}" if told else f"{name} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

"""The summaries that the report's tests render."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from labelqa.records.summary import Summary


def _samples() -> ModuleType:
    """The hand-made summaries beside this file, imported once under a name of their own."""
    name = "labelqa_report_sample_summary"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("sample_summary.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """The module of hand-made summaries."""
    return _samples()


@pytest.fixture(scope="session")
def rich(samples: ModuleType) -> Summary:
    """A week in which everything happened."""
    return samples.rich()


@pytest.fixture(scope="session")
def empty(samples: ModuleType) -> Summary:
    """A workspace in which nothing has happened."""
    return samples.empty()


@pytest.fixture(scope="session")
def large(samples: ModuleType) -> Summary:
    """200 batches, 300 annotators, long names."""
    return samples.large()

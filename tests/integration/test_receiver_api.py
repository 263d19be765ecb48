"""The receiver against its own description: calls made up from it, fitting and not, all get an answer it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as openapi

from labelqa.adapters.receiver.app import create_app
from labelqa.workflows.servers.hooks import HEADER
from tests.unit.receiver.calling import SECRET, receiver


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description, read from the receiver; calls come from this machine."""
    with receiver(tmp_path_factory.mktemp("api"), rate=1e9, burst=1e9) as here:
        app = create_app(here.reception)

        async def near(scope: Any, receive: Any, send: Any) -> None:
            await app(scope | {"client": ("127.0.0.1", 4711)}, receive, send)

        yield schemathesis.openapi.from_asgi("/openapi.json", near)


HARD = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
CHECKS = [
    schemathesis.checks.not_a_server_error, openapi.status_code_conformance, openapi.content_type_conformance,
    openapi.response_headers_conformance, openapi.response_schema_conformance,
]  # fmt: skip
OPERATIONS = ("POST /hooks/label-studio/{server}", "GET /health", "GET /metrics")


def test_the_description_names_all_of_it(api: Any):
    assert {each.ok().label for each in api.get_all_operations()} == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_calls_that_fit_are_answered_as_described(api: Any, name: str):
    seen: Counter[tuple[bool, int]] = Counter()

    @given(operation(api, name).as_strategy(generation_mode=GenerationMode.POSITIVE), st.booleans())
    @HARD
    def calls(case: Any, known: bool) -> None:
        seen[known, answered(case, name, known=known)] += 1

    calls()
    assert {status for known, status in seen if known} == {200}
    assert {status for known, status in seen if not known} <= {200, 404}


def test_calls_that_do_not_fit_are_refused_as_described(api: Any):
    name, seen = OPERATIONS[0], Counter[int]()

    @given(operation(api, name).as_strategy(generation_mode=GenerationMode.NEGATIVE), st.booleans(), st.booleans())
    @HARD
    def calls(case: Any, known: bool, right: bool) -> None:
        seen[answered(case, name, known=known, right=right)] += 1

    calls()
    assert {400, 401, 404} <= set(seen)


def operation(api: Any, name: str) -> Any:
    return next(each.ok() for each in api.get_all_operations() if each.ok().label == name)


def answered(case: Any, name: str, *, known: bool, right: bool = True) -> int:
    """The status of an answer that is as the description says."""
    if name.startswith("POST") and known:
        case.path_parameters = {"server": "ls"}
    if name.startswith("POST") and right:
        case.headers = {HEADER: SECRET}
    answer = case.call()
    case.validate_response(answer, checks=CHECKS)
    assert answer.status_code < 500
    assert "Traceback" not in answer.text
    return int(answer.status_code)

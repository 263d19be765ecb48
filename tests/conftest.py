"""What all tests share: where the reference data is, and how a missing part is told."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings as drawing

from labelqa.reduce.spark import SparkReducer
from tests.cluster import Cluster, NoServer, running

REQUIRED = {part for part in os.environ.get("LABELQA_REQUIRE", "").split(",") if part}

# where parts are required the examples drawn are always the same; a run of one's own draws new ones every time
drawing.register_profile("required", derandomize=True)
if REQUIRED:
    drawing.load_profile("required")


def missing(part: str, why: str) -> NoReturn:
    """Skip because a part is not there; fail instead when LABELQA_REQUIRE names it."""
    if part in REQUIRED:
        pytest.fail(f"{part} is required here: {why}")
    pytest.skip(f"{part}: {why}")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference data beside the project: real exports, real multi-annotator sets, published values."""
    folder = Path(os.environ.get("LABELQA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "reference" / "reference_values.json").is_file():
        missing("shared", f"no reference data at {folder}")
    return folder


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkReducer]:
    """Spark for real, one a process, set so that small tables are quick."""
    if find_spec("pyspark") is None:
        missing("spark", "pyspark is not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        missing("spark", "there is no Java")
    settings = {
        "spark.master": "local[2]",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.adaptive.enabled": "false",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    reducer = SparkReducer(settings=settings)
    yield reducer
    reducer.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server of the tests' own, one a process."""
    if find_spec("pg8000") is None:
        missing("postgres", "pg8000 is not installed")
    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(running())
        except NoServer as error:
            missing("postgres", str(error))
        yield cluster


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo's workspace, in English, and what was printed while it was made; to be looked at, or copied."""
    from labelqa.adapters.cli.main import main

    start, out = tmp_path_factory.mktemp("demo"), io.StringIO()
    with redirect_stdout(out):
        assert main(["demo", "shown", "--lang", "en"], env={}, start=start) == 0
    return start / "shown", out.getvalue()


@pytest.fixture(scope="session")
def pdf() -> None:
    """Whether PDF can be made here: the extra, Pango and a Chinese font."""
    from labelqa.adapters.report.handbook.pdf import pdf_of
    from labelqa.errors import LabelqaError

    try:
        pdf_of("<p>中文</p>")
    except LabelqaError as error:
        missing("pdf", str(error))

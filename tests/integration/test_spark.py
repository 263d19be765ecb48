"""Spark for real, on this machine: how it starts and stops, which paths it takes, what it says when it cannot."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelqa.errors import InsufficientData, LabelqaError
from labelqa.records.reductions import Subset
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.reduce.spark import SparkReducer
from labelqa.reduce.spark.frame import address
from labelqa.stats.distance.numbers import Absolute
from labelqa.stats.distance.text import EditDistance

pytestmark = pytest.mark.spark
LABELS = ("正面", "负面", "nan")


def batch(items: int, *, first: int = 0) -> pa.Table:
    """Three answers an item, by five people, in the columns of a frozen batch."""
    rng = np.random.default_rng(items)
    item = np.repeat(np.arange(first, first + items), 3)
    who = np.concatenate([np.sort(rng.permutation(5)[:3]) for _ in range(items)])
    label = rng.integers(0, 3, len(item))
    return pa.table(
        {
            "item_no": pa.array(item, pa.int32()),
            "item_id": [f"i{number}" for number in item.tolist()],
            "annotator_no": pa.array(who, pa.int32()),
            "person": pa.array([f"p-{number}" for number in who.tolist()]).dictionary_encode(),
            "label_no": pa.array(label, pa.int32()),
            "label": pa.array([LABELS[number] for number in label]).dictionary_encode(),
            "seconds": rng.integers(0, 90, len(item)) / 2,
            "week": pa.array(["2026-W46", None, "2026-W47"] * items).dictionary_encode(),
            "qualified": [True, None, False] * items,
        }
    )


def test_it_runs_on_this_machine_alone(spark: SparkReducer):
    spark.people(batch(2))
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    settings = dict(session.sparkContext.getConf().getAll())
    assert settings["spark.driver.host"] == settings["spark.driver.bindAddress"] == "127.0.0.1"
    assert session.sparkContext.uiWebUrl is None
    assert session.sparkContext.master == "local[2]"
    assert session.conf.get("spark.sql.session.timeZone") == "UTC"


def test_a_table_in_memory_counts_like_a_file(spark: SparkReducer):
    table = batch(50)
    assert spark.agreement(table, LABELS) == DuckDBReducer().agreement(table, LABELS)
    assert not list(Path.cwd().glob("batch.parquet"))


def test_a_folder_of_several_files(spark: SparkReducer, tmp_path: Path):
    for at, first in enumerate((0, 30, 60)):
        pq.write_table(batch(30, first=first), tmp_path / f"part-{at}.parquet")
    whole = pa.concat_tables([batch(30, first=first) for first in (0, 30, 60)])
    subset, fast = Subset(items=frozenset(range(20, 70))), DuckDBReducer()
    assert spark.answers(tmp_path, LABELS, subset=subset) == fast.answers(whole, LABELS, subset=subset)
    assert spark.patterns(f"{tmp_path}/part-[01].parquet", LABELS).items == 60  # no such file here: Spark's own sign


def test_of_repeated_answers_the_first_in_the_file_counts(spark: SparkReducer, tmp_path: Path):
    table = pa.concat_tables([batch(1).slice(0, 1)] * 3 + [batch(1).slice(1)]).to_pydict()
    table["label_no"], table["label"] = [2, 0, 1, 1, 1], ["nan", "正面", "负面", "负面", "负面"]
    path = tmp_path / "b.parquet"
    pq.write_table(pa.table(table), path)
    assert spark.answers(path, LABELS).label.tolist() == [2, 1, 1]
    assert spark.answered(path).labels == ("nan", "正面", "负面")


def test_many_distances_are_those_of_one_machine(spark: SparkReducer, tmp_path: Path):
    path = tmp_path / "b.parquet"
    pq.write_table(batch(4000), path)  # several parts, several batches of rows each
    found = spark.distances(path, EditDistance(), seed=9)
    assert found == DuckDBReducer(workers=1).distances(path, EditDistance(), seed=9)
    assert not found.exact
    assert found.answers == 12_000


def test_what_cannot_be_counted_says_so(spark: SparkReducer, tmp_path: Path):
    with pytest.raises(LabelqaError, match=r"^Spark could not count this batch: .*PATH_NOT_FOUND"):
        spark.patterns("/nowhere/at/all.parquet", LABELS)
    with pytest.raises(InsufficientData, match=r"^12 answers .* first is (正面|负面|nan)$"):
        spark.distances(batch(4), Absolute())
    with pytest.raises(ValueError, match="beyond the 2"):
        spark.patterns(batch(40), LABELS[:2])


def test_it_stops_only_what_it_started(spark: SparkReducer):
    other = SparkReducer()
    assert other.people(batch(3)) == spark.people(batch(3))
    other.close()
    assert spark.people(batch(3))


def test_addresses(tmp_path: Path):
    path = tmp_path / "批次 [1]*{x}?.parquet"
    assert address(path) == "file:" + str(tmp_path / "批次 \\[1\\]\\*\\{x\\}\\?.parquet")
    path.write_bytes(b"")
    assert address(str(path)) == address(path)
    for far in ("s3a://bucket/a/*.parquet", "hdfs://host:9000/x", "abfss://c@a.dfs.core.windows.net/x", "dbfs:/x"):
        assert address(far) == far


def without_spark(code: str, **env: str) -> str:
    """What a fresh program that has not started Spark prints."""
    words = [sys.executable, "-c", code]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=120, env=env or None).stdout


ASKED = """
from labelqa.errors import LabelqaError
from labelqa.reduce.spark import SparkReducer
try:
    SparkReducer().people("x.parquet")
except LabelqaError as error:
    print(error)
"""


def test_without_pyspark_the_mend_is_told():
    said = without_spark("import sys; sys.modules['pyspark'] = None" + ASKED)
    assert said.startswith("the engine Spark is not installed (")
    assert "pip install 'labelqa[spark]'" in said


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_without_java_the_mend_is_told(tmp_path: Path):
    for tool in ("bash", "dirname", "env", "python3", "readlink", "uname", "rm", "mkdir", "ps", "cat"):
        if found := shutil.which(tool):
            (tmp_path / tool).symlink_to(found)
    said = without_spark(ASKED, PATH=str(tmp_path))
    assert said.startswith("Spark did not start (")
    assert "it needs Java 17" in said


def test_importing_it_starts_nothing():
    said = without_spark("import sys, labelqa.reduce.spark; print('pyspark' in sys.modules)")
    assert said.strip() == "False"

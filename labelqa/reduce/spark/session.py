"""Starting Spark on this machine, quietly and for nobody else to reach; or taking the session that is there.

A program that runs on a cluster makes its own session first, as it always does, and that one is used. The machines of
that cluster need labelqa installed wherever answers are compared by a distance.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from labelqa.errors import LabelqaError

if TYPE_CHECKING:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

_STARTING: Final = RLock()
_LOCAL: Final = {
    "spark.master": "local[*]",
    "spark.app.name": "labelqa",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
}


def session(settings: Mapping[str, str]) -> tuple[SparkSession, bool]:
    """The program's Spark session, and whether it was started here, with these settings beside our own.

    Raises LabelqaError with the mend where pyspark or Java is missing.
    """
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise LabelqaError(
            "the engine Spark is not installed ({why}): pip install 'labelqa[spark]', and Java 17", why=str(error)
        ) from None
    with _STARTING:
        if SparkContext._active_spark_context is not None:  # no public name tells without starting one
            return SparkSession.builder.getOrCreate(), False
        parts = {"spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1))}
        context = _started(SparkConf(loadDefaults=False).setAll(list((_LOCAL | parts | dict(settings)).items())))
        context.pythonExec = sys.executable  # else whatever python3 is on the path
        return SparkSession(context), True


def _started(conf: SparkConf) -> Any:
    """A Spark context whose Java process keeps its remarks to itself."""
    from pyspark import SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway

    with tempfile.TemporaryFile() as said:
        try:
            gateway = SparkContext._gateway or launch_gateway(conf, {"stderr": said})  # type: ignore[no-untyped-call, unused-ignore]
            return SparkContext(conf=conf, gateway=gateway)
        except (PySparkException, OSError) as error:
            said.seek(0)
            lines = said.read().decode("utf-8", errors="replace").strip().splitlines() or [str(error)]
            raise LabelqaError(
                "Spark did not start ({why}): it needs Java 17, with java on the path or JAVA_HOME set",
                why=lines[0].strip(),
            ) from None


@contextmanager
def told_plainly() -> Iterator[None]:
    """What Spark cannot do as one sentence instead of its trace."""
    from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from pyspark.errors import PySparkException

    try:
        with warnings.catch_warnings():
            # of its own use of pandas, where nothing here uses it
            warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
            yield
    except (PySparkException, Py4JJavaError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        # an error of a worker in Python ends with what happened, all others begin with it
        ends = [line for line in lines if line.startswith(("ValueError", "TypeError", "ModuleNotFoundError"))]
        raise LabelqaError(
            "Spark could not count this batch: {why}", why=(ends or lines or [repr(error)])[0]
        ) from error

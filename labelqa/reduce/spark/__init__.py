"""The engine for batches that are larger than one machine: Spark SQL counts, only small tables come back.

Needs the extra ``spark`` and Java 17. Importing this starts nothing; the first question starts Spark, on this machine
alone unless the program has a Spark session already, which is then used as it is.
"""

from labelqa.reduce.spark.reducer import SparkReducer

__all__ = ["SparkReducer"]

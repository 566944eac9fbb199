"""Read many files on a cluster of Apache Spark, by the same function as the pool of processes.

Files are named by their paths, which every worker must see at the same place, and so must the
directory of the parts. Spark 4 needs Java 17 or later: that of ``JAVA_HOME``, else of the path.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from kg.errors import MissingExtraError
from kg.ingest.partition import Result, Task, partition

_BATCH: Final = 8  # files for each task of Spark


def engine(master: str) -> Callable[[Sequence[Task], Path], Iterator[Result]]:
    """Return an engine on the cluster of *master*, such as ``spark://host:7077``.

    Raises:
        MissingExtraError: PySpark is not installed.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 (an extra, and slow to import)
    except ImportError as error:
        raise MissingExtraError("spark", "pyspark") from error

    def run(tasks: Sequence[Task], out: Path) -> Iterator[Result]:
        # Workers have to run this very Python, which has this very program.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
        session = (
            SparkSession.builder.master(master)
            .appName("drugkg ingest")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", os.environ.get("SPARK_LOCAL_IP", "127.0.0.1"))
            .getOrCreate()
        )
        where = out.absolute()

        def read(part: Iterable[Task]) -> Iterator[Result]:
            return partition(part, where)

        try:
            slices = max(1, -(-len(tasks) // _BATCH))
            yield from session.sparkContext.parallelize(tasks, slices).mapPartitions(read).collect()
        finally:
            session.stop()

    return run

"""Ingest: files as departments send them become accepted records and rejects with reasons.

Start in `take` (the journey of one file). `look` finds out what a file is (`kind`, `text`,
`workbook`, `parquet_input`, `header`, `layout`) and makes it ready, `rows` reads its cells by a
fast or a tolerant road, `statement` validates them in one SQL statement made from the contract,
`stage` runs it, `refused` turns verdicts into problems. Next: `pipelines/store`.
"""

from pipelines.ingest.report import CheckReport, FileRefused, IngestReport, Problem
from pipelines.ingest.take import check_file, ingest_file

__all__ = ["CheckReport", "FileRefused", "IngestReport", "Problem", "check_file", "ingest_file"]

"""The pipelines room: from departments' files to a sealed snapshot.

contracts → ingest → store → relations → SQL (sql/core, sql/mart, sql/check) → snapshot.
Start reading at `build.py`; the dashboard may import `pipelines.api` only, the command line
in `pipelines/cli` may import anything. No clock and no prints in here outside `cli`.
"""

"""Benchmarks, run by `python3 run.py bench`; no test is collected here.

Start in `__main__` (arguments, rounds, table). `inputs` makes the file, `jobs` runs one engine in a process
of its own and says what it used, `compare` asserts that all engines made the same. `ours` calls the product;
the peers are written as a user of those libraries would: `polars_ingest`, `polars_rows`, `polars_odd`,
`polars_measures`, `pandas_ingest`, `pandas_measures`. `month` measures a new month on a long history.

Beside them stand tools that are run by themselves: `libreoffice_check`, `rerun`, `sparse_warnings`,
`coverage`, `index_speed`.
"""

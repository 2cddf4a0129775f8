"""`zhengxin ingest PATHS...`: files or folders into the store.

Beside the data a folder may say, in `ingest.toml`, which files to skip and on which day each was
received (`[received]`, `"glob" = 2025-12-31`, first match wins), and in `NAME.mapping.toml` or
`mapping.toml` how unusual headers are read; the format stands in `pipelines/cli/inputs.py`.
"""

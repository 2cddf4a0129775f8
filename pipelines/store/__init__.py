"""The store: accepted records as immutable batches, and the current set as known on any day.

`layout` names the folders and writes Parquet, `supersede` finds which records a batch replaces,
`reader` gives builds the current rows. Written by `pipelines/ingest` only.
"""

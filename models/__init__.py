"""The models room: the statistics of the monitor, as pure functions.

Polars or NumPy come in and go out, with a frozen configuration; nothing here reads a file, a clock or
a network, and nothing here imports another room. `index` scores and ranks regions; `warning` finds
months that are unusual for a region. `pipelines` calls both when it builds a snapshot, and the
dashboard calls them for live what-ifs.
"""

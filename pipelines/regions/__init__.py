"""Regions of Yunnan: which units exist today, and which unit a written name or code means.

`frame` reads the packaged files of `pipelines/reference` into tables (regions, rollup, neighbours,
tiles, geometry); `resolver` turns what departments write into a region id of that frame, with the
help of `spelling` (keys of a text), `gazetteer` (every written form) and `nearest` (suggestions).
"""

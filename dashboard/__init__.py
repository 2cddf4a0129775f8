"""The dashboard room: what people see of a sealed snapshot, in Chinese and English.

`app.py` starts the server, `entry.py` is the script of every rerun, `views/` are the pages.
A page selects, loads and shows: `queries/` make frames, `charts/` make figures, `cards.py` shows them.
It imports `models` and `pipelines.api` only, and reads nothing but the snapshot.
"""

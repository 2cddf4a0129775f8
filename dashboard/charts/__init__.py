"""Charts as pure functions: `figure(frame, text) -> go.Figure` (or HTML for a table cell); none renders.

One theme (`style.py`); colours come from the design tokens. Every chart has a table twin where it is shown,
and a `finding(frame, text)`, the sentence that stands for it where it cannot be seen. Frames come prepared: a
figure's docstring lists the columns it reads. `names.py` gives names or code names, `region_rows.py` what
charts of a row a region share, `marks.py` the warning
levels, `lettering.py` words that fit, `geometry.py` the polygons of a hatch.
"""

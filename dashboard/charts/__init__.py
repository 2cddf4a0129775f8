"""Charts as pure functions: `figure(frame, text) -> go.Figure` (or HTML for a table cell); none renders.

One theme (`style.py`); colours come from the design tokens. Every chart has a table twin where it is shown.
"""

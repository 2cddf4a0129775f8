"""What leaves the house: tables as CSV and XLSX, pictures of charts, and the names they may carry.

`codenames.py` gives the regions of a synthetic snapshot their code names, `sheets.py` writes the files,
`pictures.py` dresses a figure for the camera, `panel.py` is the fold under a card that offers them.
"""

"""Property: whatever the bytes, accepted + rejected = rows read, and nothing but a sentence comes out."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.ingest import check_file

HEADER = b"record_id,region,source\n"
ROW = st.sampled_from(
    [
        b"r1,530102,\xe8\xbf\x9d\xe7\xba\xa6\xe5\xa4\xb1\xe4\xbf\xa1\n",
        b"r2,530103,x\n",
        b"\n",
        b'"a\nb",530102,\n',
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.one_of(ROW, st.binary(max_size=30), st.text(max_size=20).map(lambda s: s.encode()))),
    st.booleans(),
)
def test_rows_are_accounted_for_on_any_bytes(parts: list[bytes], headed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes((HEADER if headed else b"") + b"".join(parts))
        report = check_file(path, source="failures", received=date(2024, 6, 30))
    assert report.rows_read == report.rows_accepted + report.rows_rejected
    rejected = {p.row for p in report.problems if p.level == "reject" and p.row is not None}
    assert len(rejected) == report.rows_rejected or len(report.problems) >= 10_000

"""Templates and filled workbooks through LibreOffice: what it saves, ingest must read.

Not part of the test run, because it needs `soffice` (Debian: `apt-get install libreoffice-calc`):

    python tests/bench/libreoffice_check.py

For every source and language: the template, saved by LibreOffice, has no rows; filled in, it is
read whole, saved as XLSX and as CSV; the same records typed into an empty sheet (a CSV that
LibreOffice opens, which finds dates and numbers by itself) are read whole. Prints one line each.
"""

from __future__ import annotations

import csv
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipelines import template  # noqa: E402
from pipelines.contracts import CONTRACTS  # noqa: E402
from pipelines.ingest import check_file  # noqa: E402

# UTF-8, comma; cells as they look; every column found out by LibreOffice itself.
CSV_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
CSV_IMPORT = "--infilter=CSV:44,34,76,1,,0,false,true,true"


def template_tests() -> Any:
    """The module with the records the templates are filled with."""
    found = importlib.util.spec_from_file_location("t", ROOT / "tests" / "unit" / "test_template.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def convert(path: Path, folder: Path, kind: str, *options: str) -> Path:
    """The file as LibreOffice saves it."""
    command = ["soffice", "--headless", *options, "--convert-to", kind, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{path.stem}.{kind.split(':')[0]}"


def expect(name: str, path: Path, rows: int, tests: Any) -> bool:
    """Print what ingest says of a file; whether it is what was expected."""
    report = check_file(path, received=tests.RECEIVED)
    rules = sorted({problem.rule for problem in report.problems} - {"no_rows"})
    good = (report.rows_read, report.rows_accepted, rules) == (rows, rows, [])
    said = f"{report.source} {report.rows_accepted}/{report.rows_read} {rules}"
    print("ok  " if good else "BAD ", name, said, [p.zh for p in report.problems][:3] if not good else "")
    return good


def main() -> int:
    """Check every source; 1 when something was not as expected."""
    if shutil.which("soffice") is None:
        print("soffice is missing: apt-get install libreoffice-calc")
        return 1
    tests = template_tests()
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder, saved = Path(name), Path(name) / "saved"
        for source, lang in tests.CASES:
            empty, filled, typed = (
                folder / f"{source}-{lang}-{kind}" for kind in ("empty", "filled", "typed")
            )
            content = template.template(source, lang)
            records = tests.records(source)
            empty.with_suffix(".xlsx").write_bytes(content)
            filled.with_suffix(".xlsx").write_bytes(tests.filled(content, records))
            with typed.with_suffix(".csv").open("w", encoding="utf-8", newline="") as out:
                heads = [template.header(column, lang) for column in CONTRACTS[source].columns]
                csv.writer(out).writerows([heads, *records])
            good &= expect(empty.name, convert(empty.with_suffix(".xlsx"), saved, "xlsx"), 0, tests)
            good &= expect(filled.name, convert(filled.with_suffix(".xlsx"), saved, "xlsx"), 3, tests)
            good &= expect(filled.name, convert(filled.with_suffix(".xlsx"), saved, CSV_FILTER), 3, tests)
            good &= expect(
                typed.name, convert(typed.with_suffix(".csv"), saved, "xlsx", CSV_IMPORT), 3, tests
            )
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())

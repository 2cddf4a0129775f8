"""Which files a folder means: order, skipping, received days, mapping files, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.cli.inputs import collect
from pipelines.errors import EXIT_INPUT, UserError


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def rules(folder: Path, text: str) -> None:
    (folder / "ingest.toml").write_text(text, encoding="utf-8")


def test_a_folder_is_walked_in_order_of_names(tmp_path: Path) -> None:
    touch(tmp_path, "b.csv", "a/z.CSV", "a.csv", "README.md", ".hidden/x.csv", "a/.y.csv")
    assert [item.path.relative_to(tmp_path).as_posix() for item in collect([tmp_path])] == [
        "a/z.CSV",
        "a.csv",
        "b.csv",
    ]


def test_the_kinds_of_file_a_folder_may_hold(tmp_path: Path) -> None:
    touch(
        tmp_path, "a.tsv", "b.txt", "c.XLSX", "d.xlsm", "e.parquet", "f.xls", "~$c.XLSX", "g.docx", "h.toml"
    )
    names = [item.path.name for item in collect([tmp_path])]
    assert names == ["a.tsv", "b.txt", "c.XLSX", "d.xlsm", "e.parquet", "f.xls"]


def test_a_file_meant_twice_is_taken_once(tmp_path: Path) -> None:
    touch(tmp_path, "a.csv", "b.csv")
    assert [item.path.name for item in collect([tmp_path / "b.csv", tmp_path])] == ["b.csv", "a.csv"]


def test_received_days_first_match_wins_and_nearest_file_speaks(tmp_path: Path) -> None:
    touch(tmp_path, "a.csv", "late_a.csv", "skip_me.csv", "sub/a.csv", "own/a.csv")
    rules(tmp_path, 'skip = ["skip*"]\n[received]\n"late*" = 2026-01-12\n"*" = 2025-12-31\n')
    rules(tmp_path / "own", '[received]\n"b*" = 2020-01-01\n')
    found = {item.path.relative_to(tmp_path).as_posix(): item.received for item in collect([tmp_path])}
    assert found == {
        "a.csv": date(2025, 12, 31),
        "late_a.csv": date(2026, 1, 12),
        "own/a.csv": None,
        "sub/a.csv": date(2025, 12, 31),
    }
    assert collect([tmp_path / "late_a.csv"])[0].received == date(2026, 1, 12)


def test_a_file_named_alone_is_never_skipped(tmp_path: Path) -> None:
    touch(tmp_path, "a.csv")
    rules(tmp_path, 'skip = ["*"]')
    assert [item.path.name for item in collect([tmp_path / "a.csv"])] == ["a.csv"]


def test_own_mapping_before_the_folders(tmp_path: Path) -> None:
    touch(tmp_path, "a.csv", "b.csv", "sub/c.csv", "mapping.toml", "a.mapping.toml")
    found = {item.path.name: item.mapping and item.mapping.name for item in collect([tmp_path])}
    assert found == {"a.csv": "a.mapping.toml", "b.csv": "mapping.toml", "c.csv": None}


@pytest.mark.parametrize(
    "text",
    [
        "received = ",
        "received = 2025-12-31",
        'recieved = "x"',
        'skip = "*.csv"',
        '[received]\n"*" = "2025-12-31"',
        '[received]\n"*" = 2025-12-31T08:00:00',
    ],
)
def test_bad_rules_are_one_sentence(tmp_path: Path, text: str) -> None:
    touch(tmp_path, "a.csv")
    rules(tmp_path, text)
    with pytest.raises(UserError, match="ingest.toml") as caught:
        collect([tmp_path])
    assert caught.value.exit_code == EXIT_INPUT


@pytest.mark.parametrize("name", ["missing.csv", "empty"])
def test_nothing_to_ingest_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=name):
        collect([tmp_path / name])

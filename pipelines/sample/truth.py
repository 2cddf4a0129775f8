"""What was planted, as tables for whoever judges a model or an ingest: the files of `truth/`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.sample import debt_rows
from pipelines.sample.corrections import Correction
from pipelines.sample.planted import (
    FAILURES,
    NEIGHBOURS,
    OVERDUE,
    RAMP,
    REPEAT,
    SEVERAL,
    SPIKE,
    VOLUME,
    Event,
)
from pipelines.sample.settings import MONTHS
from pipelines.sample.world import CAMPAIGNS, PROVINCE, World

PLANTED_HEADERS = (
    *("event_id", "kind", "sources", "region_ids", "first_month", "last_month", "size", "planned_sd"),
    *("note_zh", "note_en"),
)
CORRECTION_HEADERS = (
    *("source", "id", "change", "column", "old_value", "new_value", "old_file", "new_file"),
)
SOURCE_NAMES = {
    FAILURES: ("失信事项", "failures"),
    VOLUME: ("信访量", "petition volume"),
    REPEAT: ("重复信访", "repeat petitions"),
    OVERDUE: ("逾期未办结信访", "overdue petitions"),
}
NOTES = {
    SPIKE: ("一县{sources}突增", "a jump in one county: {sources}"),
    SEVERAL: ("一县{sources}同时增多", "a common rise in one county: {sources}"),
    NEIGHBOURS: ("相邻{units}县{sources}同时增多", "a common rise in {units} adjoining counties: {sources}"),
    RAMP: ("一县{sources}逐月爬升", "a slow climb in one county: {sources}"),
}
LENGTH = ("：{months}个月共多{size}件", " (months: {months}, cases added: {size})")


def write_table(folder: Path, name: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes one file of `truth/`."""
    with (folder / "truth" / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows(rows)


def write_events(folder: Path, world: World, events: Sequence[Event]) -> None:
    """planted.csv (a row an event), planted_cells.csv (what it added where), campaigns.csv (no anomalies)."""
    write_table(folder, "planted.csv", PLANTED_HEADERS, (_event_row(world, event) for event in events))
    cells = (
        (
            event.event_id,
            cell.channel,
            world.unit[cell.unit],
            month_name(cell.month),
            cell.added,
            f"{cell.sd:.3f}",
        )
        for event in events
        for cell in event.cells
    )
    write_table(
        folder, "planted_cells.csv", ("event_id", "source", "region_id", "month", "added", "sd"), cells
    )
    campaigns = (
        (f"C{number}", "campaign", FAILURES, PROVINCE, _month(first), _month(last), factor, *CAMPAIGN_NOTES)
        for number, (first, last, factor) in enumerate(CAMPAIGNS, start=1)
    )
    headers = (
        "event_id",
        "kind",
        "sources",
        "region_ids",
        "first_month",
        "last_month",
        "factor",
        "note_zh",
        "note_en",
    )
    write_table(folder, "campaigns.csv", headers, campaigns)


CAMPAIGN_NOTES = (
    "全省集中治理，各地同升，不是任何一县的异常",
    "a campaign of the whole province raises every county alike: no county is unusual",
)


def _event_row(world: World, event: Event) -> tuple[object, ...]:
    first, last = event.months
    size = sum(cell.added for cell in event.cells)
    words = {"units": len(event.units), "size": size, "months": last - first + 1}
    names = [SOURCE_NAMES[channel] for channel in event.channels]
    zh, en = (
        (note + length).format(sources=mark.join(name[place] for name in names), **words)
        for place, (note, length, mark) in enumerate(
            zip(NOTES[event.kind], LENGTH, ("、", " and "), strict=True)
        )
    )
    regions = ";".join(world.unit[unit] for unit in event.units)
    sizes = (size, f"{event.planned_sd:.1f}")
    return (
        *(event.event_id, event.kind, ";".join(event.channels), regions, month_name(first), month_name(last)),
        *sizes,
        zh,
        en,
    )


def month_name(index: int) -> str:
    """2024-05 for the month's index."""
    return _month(MONTHS[index])


def _month(month: tuple[int, int]) -> str:
    return f"{month[0]}-{month[1]:02d}"


def write_corrections(folder: Path, changes: Iterable[Correction]) -> None:
    """corrections.csv: every cell that a later file changes."""
    rows = [(c.source, c.record, c.change, c.column, c.old, c.new, c.old_file, c.new_file) for c in changes]
    write_table(folder, "corrections.csv", CORRECTION_HEADERS, rows)


def write_debt(folder: Path) -> None:
    """debt.csv: where the debt rows do not add up."""
    rows = (
        ("whole_differs", debt_rows.DIFFERS[0], debt_rows.DIFFERS[1], debt_rows.DIFFERS_BY),
        ("absent", debt_rows.ABSENT[0], debt_rows.ABSENT[1], ""),
    )
    write_table(folder, "debt.csv", ("kind", "region_id", "year_end", "factor"), rows)

"""What failure records are called: ids, bodies, document numbers, and who refers to whom; see `bodies`."""

from __future__ import annotations

import polars as pl

from pipelines.sample.bodies import body_name, credit_code, place, village_name
from pipelines.sample.world import World

COURT = "法院"
RELAPSE_DAYS = 730


def named(world: World, frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """Adds ids (numbered from `first`), names, codes, document numbers and the reference to an earlier record
    of the same body."""
    frame = frame.with_row_index("serial", first).with_columns(
        record_id=pl.format("SX{}", pl.col("serial").cast(pl.String).str.zfill(5))
    )
    earliest = pl.col("record_id").first().over("event")
    several = pl.len().over("event") > 1
    frame = frame.with_columns(
        event_id=pl.when(several).then(pl.format("E{}", earliest)).otherwise(pl.lit(""))
    )
    pairs = frame.select("unit", "body").unique().sort("unit", "body")
    texts = [(unit, body, *body_texts(world, unit, body)) for unit, body in pairs.iter_rows()]
    bodies = pl.DataFrame(
        texts,
        schema={**pairs.schema, "body_name": pl.String, "body_uscc": pl.String, "body_level": pl.String},
        orient="row",
    )
    year = (pl.col("day").cast(pl.Int32).cast(pl.Date)).dt.year()
    number = pl.col("serial")
    court = pl.col("verified_by") == COURT
    complete = _with_relapses(frame).join(bodies, on=["unit", "body"], how="left", maintain_order="left")
    return complete.with_columns(
        doc_no=pl.when(court).then(pl.lit("")).otherwise(pl.format("示例〔{}〕{}号", year, number)),
        court_case_no=pl.when(court).then(pl.format("({})示例{}号", year, number)).otherwise(pl.lit("")),
    )


def body_texts(world: World, unit: int, body: int) -> tuple[str, str, str]:
    """Name, credit code and level of a body; numbers below 0 are villages."""
    where = place(world.kind[unit], world.unit[unit], world.prefecture_name[unit])
    if body < 0:
        return village_name(where, -1 - body), "", "村居"
    name = body_name(where, body, int(world.townships[unit]))
    if name.endswith(("人民政府", "街道办事处")):
        level = "乡镇街道"
    elif world.unit[unit] == "530000L":
        level = "省直"
    else:
        level = "州市直" if world.level[unit] != "county" else "县直"
    return name, credit_code(world.unit[unit], body, name), level


def _with_relapses(frame: pl.DataFrame) -> pl.DataFrame:
    """`relapse_of`: the body's last earlier record of another event within 24 months, for some who say so."""
    key = ["unit", "body"]
    by_day = frame.sort("day", "order")
    earlier = by_day.select(
        "order",
        id_before=pl.col("record_id").shift().over(key),
        day_before=pl.col("day").shift().over(key),
        event_before=pl.col("event").shift().over(key),
        serial_before=pl.col("serial").shift().over(key),
    )
    known = (pl.col("day") - pl.col("day_before") <= RELAPSE_DAYS) & (
        pl.col("serial_before") < pl.col("serial")
    )
    known &= (pl.col("event_before") != pl.col("event")) & pl.col("names_earlier")
    return (
        frame.join(earlier, on="order", how="left", maintain_order="left")
        .with_columns(relapse_of=pl.when(known).then("id_before").otherwise(pl.lit("")))
        .drop("id_before", "day_before", "event_before", "serial_before")
    )

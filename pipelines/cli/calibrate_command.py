"""`zhengxin calibrate`: the priors of a year, made from what was recorded before it and kept for the year."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from pipelines.cli.options import AsJson, Home, Lang, Language, LogJson
from pipelines.cli.session import session
from pipelines.errors import EXIT_WORKSPACE

Year = Annotated[
    int | None,
    typer.Option(
        "--year",
        min=2000,
        max=2999,
        help="哪一年的先验(默认最新登记日次日所在年)。Year (default: of the day after the latest record).",
        show_default=False,
    ),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again", help="已有的先验重新估计,以往得分会变。Replace stored priors; scores will change."
    ),
]


def calibrate(
    year: Year = None,
    again: Again = False,
    home: Home = None,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
    log_json: LogJson = False,
) -> None:
    """估计一年的先验并存入工作区,当年不再变动。Estimate a year's priors and store them for the year."""
    with session("calibrate", home=home, lang=lang, as_json=as_json, log_json=log_json) as run:
        from pipelines import calibration
        from pipelines.errors import UserError
        from pipelines.store import reader

        ws = run.workspace
        known = reader.latest_recorded_at(ws)
        wanted = year or ((known + timedelta(1)).year if known else None)
        stored = calibration.read(ws, wanted) if wanted and not again else None
        made = None if stored or not (known and wanted) else calibration.write(ws, wanted, known)
        priors = stored or made
        if priors is None:
            raise UserError(
                f"工作区 {ws.home} 里没有{wanted or '当'}年之前登记的数据,估计不出先验。",
                f"The workspace {ws.home} has no data recorded before {wanted or 'the year'}, so there are no"
                " priors.",
                EXIT_WORKSPACE,
            )
        path, count = calibration.path_of(ws, priors.year), priors.rows.height
        if stored:
            run.say(
                f"{priors.year}年的先验已有({path},{count} 项),未作改动;要重新估计请加 --again。",
                f"Priors of {priors.year} are there already ({path}, {count} rows) and were left alone;"
                " --again replaces them.",
            )
        else:
            run.say(
                f"{priors.year}年的先验已存入 {path},共 {count} 项。",
                f"Priors of {priors.year} were stored in {path}, {count} rows.",
            )
        run.finish(year=priors.year, path=path, rows=count, sha256=priors.digest, made=stored is None)

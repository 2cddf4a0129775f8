"""`zhengxin sample FOLDER`: invented department files on real geography, the same for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import AsJson, Lang, Language
from pipelines.cli.session import session
from pipelines.errors import UserError

Folder = Annotated[
    Path,
    typer.Argument(
        file_okay=False,
        help="写入的文件夹(须为空或不存在)。Folder to write to (new or empty).",
        metavar="FOLDER",
        show_default=False,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        help="随机种子(默认与随附样例相同)。Seed (default: the shipped sample's).",
        show_default=False,
    ),
]
Scale = Annotated[
    float, typer.Option("--scale", min=0.01, help="规模倍数。Multiple of the shipped sample's size.")
]


def sample(
    folder: Folder,
    seed: Seed = None,
    scale: Scale = 1.0,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
) -> None:
    """生成演示数据(虚构)。Write the invented sample data into a folder."""
    with session("sample", lang=lang, as_json=as_json, needs_workspace=False) as run:
        from pipelines.sample import DEFAULT_SEED, write

        # Files of another seed left behind would be ingested together with the new ones.
        if folder.exists() and any(folder.iterdir()):
            raise UserError(
                f"文件夹 {folder} 不是空的,请另选一个或先清空。",
                f"The folder {folder} is not empty; choose another or empty it first.",
            )
        write(folder, seed=DEFAULT_SEED if seed is None else seed, scale=scale)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        size = sum(path.stat().st_size for path in files)
        run.say(
            f"已在 {folder} 写入 {len(files)} 个演示文件(虚构),共 {size / 1e6:.1f} MB。",
            f"Wrote {len(files)} invented sample files to {folder}, {size / 1e6:.1f} MB.",
        )
        run.finish(folder=folder, files=[path.relative_to(folder).as_posix() for path in files], bytes=size)

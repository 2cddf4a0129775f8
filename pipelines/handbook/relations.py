"""The relations of a build: what each is, its grain, what it reads, who reads it, and a drawing of all."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines import graphview
from pipelines.graph import CHECK_SCHEMA, SqlFile
from pipelines.handbook.page import Writer, code, flat

_SCHEMAS = {
    "src": ("各来源截至某日的有效记录", "the current rows of each source, as known on a day"),
    "ref": ("区划、登记、方法、日历等参考数据", "reference: regions, registry, method, calendar"),
    "run": ("本次生成：截止日和要算的月份", "this build: its day and the months to make"),
    "cell": ("存储里一个月的计数，缓存", "counts of one month of the store, kept in the cache"),
    "core": ("中间结果", "what lies between"),
    "mart": ("封存进快照的结果", "what is sealed into the snapshot"),
    "check": (
        "数据检查：返回不该有的行，有一行就不发布",
        "data tests: each returns rows that must not be, and any stops the build",
    ),
}


def page(page: Writer, files: Mapping[str, SqlFile]) -> str:
    """The page of relations."""
    schemas: dict[str, list[str]] = {}
    for name in (*graphview.inputs(files), *files):
        schemas.setdefault(name.partition(".")[0], []).append(name)
    drawn = {name: file for name, file in files.items() if not name.startswith(f"{CHECK_SCHEMA}.")}
    parts = [
        f"# {page.say('数据表', 'Relations')}",
        page.say(
            "一个文件一个 SELECT，路径就是表名；先后次序由 SQL 本身得出。说明取自文件开头的注释（英文）。",
            "One SELECT a file, and its path is the relation; the order follows from the SQL itself. The"
            " words are those of the comment on top of each file.",
        ),
        f"```mermaid\n{graphview.as_mermaid(drawn)}\n```",
    ]
    for schema, names in schemas.items():
        parts.append(f"## {code(schema)} {page.say(*_SCHEMAS[schema])}")
        made = [name for name in names if name in files]
        if made:
            parts += [_relation(page, files, name) for name in made]
        else:
            parts.append(page.join(map(code, names)))
    return "\n\n".join(parts)


def _relation(page: Writer, files: Mapping[str, SqlFile], name: str) -> str:
    file = files[name]
    said = f"{file.doc} {file.caveats}".strip()
    pairs = [
        (page.say("粒度", "Grain"), page.join(map(code, file.grain))),
        (page.say("读取", "Reads"), page.join(map(code, sorted(file.inputs)))),
        (page.say("被读取", "Read by"), page.join(map(code, graphview.readers(files, name)))),
        (page.say("文件", "File"), code(f"pipelines/{file.place}") if file.text else code(file.place)),
    ]
    return f"### {code(name)}\n\n{flat(said)}\n\n{page.bullets(pairs)}"

"""Every rule once: its id (the reason of a reject), its outcome, how to mend it, where it is tried."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.contracts import CONTRACTS, FILE_RULES, ROW_RULES, Rule
from pipelines.handbook.page import Writer, code, table
from pipelines.handbook.sources import outcome

# Rules tried on so many columns are said to be tried on all.
_MANY = 6


def page(page: Writer) -> str:
    """The page of rules."""
    of_files = {rule.id for rule in (*ROW_RULES, *FILE_RULES)}
    found = list(_rules())
    cells = [entry for entry in found if entry[0].id not in of_files]
    files = [entry for entry in found if entry[0].id in of_files]
    intro = page.say(
        "每个单元格按顺序检查，先违反的规则就是退回原因。“不予收录”的行连同原因保存在 `rejects/`，"
        "“提示”的行照常收录。",
        "The rules of a cell are tried in order, and the first it violates is the reason. A rejected row is"
        " kept with its reason in `rejects/`; a warning keeps the row.",
    )
    return "\n\n".join(
        [
            f"# {page.say('数据规则', 'Rules of data')}",
            intro,
            f"## {page.say('单元格', 'Cells')}",
            _table(page, cells),
            f"## {page.say('行与文件', 'Rows and files')}",
            _table(page, files),
        ]
    )


def _rules() -> Iterator[tuple[Rule, dict[str, list[str]]]]:
    """Each rule (one for each wording) with the columns it is tried on, by source."""
    found: dict[tuple[str, str, str], tuple[Rule, dict[str, list[str]]]] = {}
    for source, contract in CONTRACTS.items():
        for rule in contract.rules:
            _, tried = found.setdefault((rule.id, rule.zh, rule.level), (rule, {}))
            tried[source] = list(rule.columns)
    yield from found.values()


def _table(page: Writer, entries: list[tuple[Rule, dict[str, list[str]]]]) -> str:
    heads = (
        page.say("规则", "rule"),
        page.say("结果", "outcome"),
        page.say("说明与改法", "what is wrong and what to do"),
        page.say("用于", "tried on"),
    )
    anchored: set[str] = set()
    rows = []
    for rule, tried in entries:
        # A rule whose sentence differs between sources has several rows and one place to link to.
        anchor = "" if rule.id in anchored else f'<a id="{rule.id}"></a>'
        anchored.add(rule.id)
        said = page.sentence(page.say(rule.zh, rule.en))
        rows.append([f"{anchor}{code(rule.id)}", outcome(page, rule), said, _tried(page, tried)])
    return table(heads, rows)


def _tried(page: Writer, tried: dict[str, list[str]]) -> str:
    """Where a rule is tried: sources, with their columns where these are few."""
    if tried.keys() == CONTRACTS.keys() and not any(tried.values()):
        return page.say("全部来源", "all sources")
    shown = []
    for source, columns in tried.items():
        contract = CONTRACTS[source]
        name = f"[{page.say(contract.zh, contract.en)}](sources/{source}.md)"
        few = 0 < len(columns) < _MANY
        listed = page.join(map(code, columns))
        shown.append(name + (page.say(f"（{listed}）", f" ({listed})") if few else ""))
    return page.join(shown)

"""The way in: one page for both languages, and the contents of each."""

from __future__ import annotations

from pipelines.contracts import CONTRACTS
from pipelines.handbook.page import Writer


def entrance() -> str:
    """The page at the top of the folder."""
    return """# 参考手册 Reference

- [中文](zh/README.md)
- [English](en/README.md)

由声明生成：契约、指标登记、方法、SQL、命令行。改动声明后运行 `zhengxin docs`，不要手改。
Written from the declarations: contracts, registry, method, SQL, command line. After changing one, run
`zhengxin docs`; the pages are not edited by hand."""


def contents(page: Writer) -> str:
    """What the pages of one language are."""
    sources = "\n".join(
        f"  - [{page.say(contract.zh, contract.en)}](sources/{source}.md) `{source}`"
        for source, contract in CONTRACTS.items()
    )
    return page.say(
        f"""# 参考手册

- 来源：部门报送什么、怎么写
{sources}
- [数据规则](rules.md)：每条规则的编号就是退回原因
- [指标](indicators.md)：定义、公式、局限、所需的列，以及由哪些度量算出
- [方法](method.md)：维度、权重、参数、术语
- [数据表](relations.md)：快照由哪些数据表算出，各表读取什么
- [命令](commands.md)：命令、选项、退出码""",
        f"""# Reference

- Sources: what departments send, and how to write it
{sources}
- [Rules of data](rules.md): the id of a rule is the reason of a reject
- [Indicators](indicators.md): definition, formula, limits, the columns needed, the measures they are made of
- [Method](method.md): dimensions, weights, parameters, terms
- [Relations](relations.md): the tables a snapshot is computed by, and what each reads
- [Commands](commands.md): commands, options, exit codes""",
    )

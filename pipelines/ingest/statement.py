"""The one statement that validates a file: raw text in, typed rows with a verdict out.

`select` reads a relation of `rows` and the table `place`, and yields the stored columns of the
contract plus `kind` (ok, warned, rejected, unresolved), `month` and `_refused`: for a row with a
problem the reasons, the day it was recorded, its unit, its region text and its cells as a JSON list,
else null.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.contracts import Column, Rule, column_rules
from pipelines.ingest import stored, typed
from pipelines.ingest.layout import Layout, texts_of
from pipelines.ingest.places import Places
from pipelines.ingest.text import TextFile
from pipelines.sqltext import parquet, quoted
from pipelines.store.layout import UNDATED

CELLS_FROM = 5
"""The cells of a refused row begin at this place of `_refused` (1-based)."""
KEPT = """from_json(_refused, '["varchar"]')"""
"""`_refused` as a list of texts. In files it is one text: null in most rows, that costs next to nothing."""
EARLIEST, LATEST = "date '1990-01-01'", "date '2100-12-31'"

_KIND = """case when broken is not null then 'rejected' when met is null then 'unresolved'
        when reason is null then 'ok' when contains(reason, 'R:') then 'rejected' else 'warned' end"""
# Only rows that may be stored lie by month.
_MONTH = (
    f"""coalesce(case when kind in ('ok', 'warned') then strftime(period_date, '%Y-%m') end, '{UNDATED}')"""
)


@dataclass(frozen=True)
class Statement:
    """All that decides the text of the statement for one file."""

    text: TextFile
    layout: Layout
    places: Places
    received: date

    @property
    def received_sql(self) -> str:
        """The day of receipt as a literal."""
        return f"date '{self.received.isoformat()}'"

    def columns(self) -> list[tuple[Column, bool]]:
        """The contract's columns, and whether this file has texts for them."""
        given = self.layout.given
        return [(column, bool(texts_of(column, given))) for column in self.layout.contract.columns]

    def select(self, relation: str) -> str:
        """The whole statement over a relation of raw cells."""
        return f"""
with raw as not materialized ({relation}),
kept as not materialized (select {self._kept()} from raw),
keyed as not materialized (select *, {self.places.key_sql} as place_key{self.texts()} from kept),
typed as not materialized (
    select keyed.*, place.place as met, place.unit as v_region, place.region_reason{self._values()}
    from keyed left join place on keyed.place_key = place.place
),
dated as not materialized (
    select *, {self._recorded()} as recorded, least({self._recorded()}, {LATEST}) as bound from typed
),
celled as not materialized (select *{self._findings()} from dated),
found as not materialized (select *, {self._reason()} as reason from celled),
judged as not materialized (select *, {_KIND} as kind from found)
select kind, {self._stored()}
from judged
where {self._not_blank()}"""

    def unresolved(self, files: str, broken: str = "cast(null as varchar)", rest: str = "'x'") -> str:
        """The raw relation of rows whose region text was not known yet, from where they were put."""
        cells = [f"kept[{n}] as t_{t}" for n, t in enumerate(self.layout.given, start=CELLS_FROM)]
        return f"""select row, {broken} as broken, {rest} as rest, {", ".join(cells)}
        from (select row, {KEPT} as kept from {parquet([files])})"""

    def shut_targets(self) -> list[str]:
        """The targets of which nothing may be kept where a row is restricted."""
        contract = self.layout.contract
        rule = contract.restriction
        if rule is None or rule.column not in self.layout.given:
            return []
        open_columns = [column for column in contract.columns if column.name in rule.keep]
        open_targets = {target for column in open_columns for target in texts_of(column, self.layout.given)}
        return [target for target in self.layout.given if target not in open_targets]

    def _kept(self) -> str:
        """The texts that may be looked at; of a restricted row little more than that it exists."""
        rule, shut = self.layout.contract.restriction, self.shut_targets()
        kept = {target: f"t_{target}" for target in self.layout.given}
        if rule is not None and shut:
            column = self.layout.contract.column(rule.column)
            kind = typed.value(column, f"t_{rule.column}", {}, False)
            applies = f"coalesce({kind} = {quoted(rule.value)}, false)"
            kept |= {t: f"case when not {applies} then t_{t} end as t_{t}" for t in shut}
        return ", ".join(["row", "broken", "rest", *kept.values()])

    def texts(self) -> str:
        """`x_<column>`: the text a column is read from."""
        found = ""
        for column, here in self.columns():
            if here and column.type != "region":
                source = f"t_{column.name}"
                if column.month_form:
                    source = typed.date_text(column, self.layout.given)
                found += f", {source} as x_{column.name}"
        return found

    def _values(self) -> str:
        """`v_<column>`: the typed values; `m_<column>`: whether a date names a month only."""
        found = ""
        for column, here in self.columns():
            if column.type == "region":
                continue
            if not here:
                found += f", cast(null as {column.sql_type}) as v_{column.name}"
                continue
            text = f"x_{column.name}"
            value = typed.value(column, text, self.layout.units, self.text.quoted)
            found += f", {value} as v_{column.name}"
            if column.month_form:
                found += f", {typed.is_month(text)} as m_{column.name}"
        return found

    def _recorded(self) -> str:
        # A day that is itself wrong must not make every other date of the row look wrong.
        known = [
            f"case when v_{name} between {EARLIEST} and {self.received_sql} then v_{name} end"
            for name in self.layout.contract.recorded_columns
        ]
        return f"coalesce({', '.join([*known, self.received_sql])})"

    def _examined(self) -> list[Column]:
        return [column for column, here in self.columns() if here or column.type == "region"]

    def _findings(self) -> str:
        """`f_<column>`: the problem of each cell by itself."""
        return "".join(f", {self._finding(column)} as f_{column.name}" for column in self._examined())

    def _reason(self) -> str:
        """The problems of a row as "level:target:rule", separated by blanks; null where there is none."""
        found = []
        for column in self._examined():
            between = self._between(column)
            own = f"f_{column.name}"
            found.append(f"coalesce({own}, case {' '.join(between)} end)" if between else own)
        # Most rows have no problem: a coalesce says so for less than putting nothing together costs.
        cells = (
            f"case when coalesce({', '.join(found)}) is not null then concat_ws(' ', {', '.join(found)}) end"
        )
        return f"case when broken is not null then concat('R:-1:', broken) else {cells} end"

    def _finding(self, column: Column) -> str:
        """The first rule a cell violates, as SQL."""
        place = column.type == "region"
        text, value = ("place_key", "v_region") if place else (f"x_{column.name}", f"v_{column.name}")
        rules = column_rules(column, self.layout.contract.bare_prefecture)
        blank = next((f"'{self._mark(column, r)}'" for r in rules if r.applies == "empty"), "null")
        whens = [] if place else [f"when {text} is null then {blank}"]
        if self.text.damaged:
            whens += self._whens(column, rules, ("encoding_damaged",), "read")
        if good := self._surely_good(column):
            whens.append(f"when {good} then null")
        own = [rule for rule in rules if rule.id != "encoding_damaged"]
        unread = self._whens(column, own, (), "unread")
        if not place:
            unread.insert(0, f"when is_blank({text}) then {blank}")
        whens.append(f"when {value} is null then case {' '.join(unread)} end")
        whens += self._whens(column, own, (), "read")
        return f"case {' '.join(whens)} end"

    def _surely_good(self, column: Column) -> str:
        """One cheap test that most cells pass and no wrong cell does; empty where there is none."""
        value = f"v_{column.name}"
        if column.type in ("bool", "enum", "region"):
            return f"{value} is not null"
        plain_date = column.type == "date" and column.event_like and not column.quarter
        if plain_date and column.name not in self._own_days:
            return f"{value} between {EARLIEST} and bound"
        if column.type == "int" and column.maximum is not None and not column.rules:
            return f"{value} between {max(0, column.minimum or 0)} and {column.maximum}"
        if column.type in ("text", "code") and not (column.pattern or column.rules):
            text = f"x_{column.name}"
            short = f"strlen({text}) <= {column.limit}"
            return (
                f"{value} > '$' and not long_digits({text}) and {short}"  # '#' begins the error of a formula
            )
        return ""

    @property
    def _own_days(self) -> tuple[str, ...]:
        return self.layout.contract.recorded_columns

    def _whens(
        self, column: Column, rules: list[Rule] | tuple[Rule, ...], only: tuple[str, ...], applies: str
    ) -> list[str]:
        return [
            f"when {self.predicate(column, rule)} then '{self._mark(column, rule)}'"
            for rule in rules
            if rule.applies == applies and (not only or rule.id in only)
        ]

    def predicate(self, column: Column, rule: Rule) -> str:
        """What a rule says of a column's text `x_…` and value `v_…`: true where it is violated."""
        place = column.type == "region"
        return rule.predicate.format(
            t="place_key" if place else f"x_{column.name}",
            v="v_region" if place else f"v_{column.name}",
            recorded=self.received_sql if column.name in self._own_days else "recorded",
            received=self.received_sql,
            region="v_region",
            region_reason="region_reason",
            limit=column.limit,
            minimum=column.minimum or 0,
            maximum=column.maximum,
            pattern=column.pattern,
        )

    def _between(self, column: Column) -> list[str]:
        """The rules between two columns that blame this one; a wrong date is not held against another."""
        here = {c.name: c for c, given in self.columns() if given}
        found = []
        for rule in self.layout.contract.between:
            later, earlier = rule.columns
            if later != column.name or earlier not in here:
                continue
            value = f"v_{later}"
            if here[later].month_form:  # a month has not passed before its last day
                value = f"case when m_{later} then last_day(v_{later}) else v_{later} end"
            predicate = rule.predicate.format(a=value, b=f"v_{earlier}")
            found.append(
                f"when {predicate} and f_{earlier} is null then '{self._mark(column, rule, earlier)}'"
            )
        return found

    def _mark(self, column: Column, rule: Rule, other: str = "") -> str:
        target = self.blamed_target(column)
        place = self.layout.given.index(target) if target in self.layout.given else -1
        level = "R" if rule.level == "reject" else "W"
        return f"{level}:{place}:{rule.id}:{column.name}" + (f":{other}" if other else "")

    def blamed_target(self, column: Column) -> str:
        """The target a problem of a column is shown at."""
        if column.type == "region":
            return self.places.blamed
        return (
            texts_of(column, self.layout.given)[-1] if column.name not in self.layout.given else column.name
        )

    def _stored(self) -> str:
        refused = f"case when kind <> 'ok' then {self._refused()} end"
        return stored.select_list(
            self.layout, refused=refused, month=_MONTH, hashed=lambda c: f"v_{c.name}", days_only=False
        )

    def _refused(self) -> str:
        cells = ", ".join(f"t_{target}" for target in self.layout.given)
        return f"cast(to_json([reason, cast(recorded as varchar), v_region, place_key, {cells}]) as varchar)"

    def _not_blank(self) -> str:
        """Rows with nothing in them are no records; most are known to be some by their first column."""
        texts = [f"t_{target}" for target in self.layout.given if target not in self.layout.constants]
        first = next((f"v_{c.name}" for c, here in self.columns() if here and c.required), "v_region")
        return f"""case when broken is not null or {first} is not null then true
        else not is_blank(concat({", ".join([*texts, "rest"])})) end"""

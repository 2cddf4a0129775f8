"""The quick lane: rows in which every cell has its commonest good form, told by a few cheap tests.

`select` yields for such a row just what the whole statement would (`statement`); any other row keeps its
raw cells in `_refused`, lies under the month `ASIDE`, and goes through the whole statement later. So the
lane never decides that something is wrong, and it reads what it lets through by the same first expressions
(`typed.quick`). In a usual file nearly all rows pass, at a fraction of the cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.contracts import Column, Rule, column_rules
from pipelines.contracts.macros import BLANK_CLASS, FULL_WIDTH
from pipelines.contracts.rules import (
    DATE_IN_FUTURE,
    DATE_OUT_OF_RANGE,
    ENCODING_DAMAGED,
    FORMULA_ERROR,
    PRIVATE,
)
from pipelines.ingest import stored, typed
from pipelines.ingest.statement import EARLIEST, LATEST, Statement
from pipelines.sqltext import quoted
from pipelines.store.layout import UNDATED

ASIDE = "aside"
"""Where the rows lie that the lane puts aside, beside the months."""


@dataclass(frozen=True)
class Quick:
    """The quick statement for the file of the statement `whole`."""

    whole: Statement

    @property
    def fits(self) -> bool:
        """Whether it may be used: for rows that lie by month, in a file without damaged characters, which
        make any cell wrong whatever its form."""
        return self.whole.layout.contract.partitioned and not self.whole.text.damaged

    def select(self, relation: str) -> str:
        """The statement over a relation of raw cells."""
        columns = stored.select_list(
            self.whole.layout,
            refused=f"case when odd then {self._cells()} end",
            month=f"""case when odd then '{ASIDE}'
                else coalesce(strftime(period_date, '%Y-%m'), '{UNDATED}') end""",
            hashed=self._hashed,
            days_only=True,
        )
        return f"{self._tested(relation)} select {columns} from found"

    def odd_share(self, relation: str) -> str:
        """A query for the share of a relation's rows that would be put aside."""
        return f"{self._tested(relation)} select avg(cast(odd as integer)) from found"

    def unresolved(self, files: str) -> str:
        """The raw relation of the rows put aside, from where they lie."""
        return self.whole.unresolved(files, broken="kept[1]", rest="kept[2]")

    def _tested(self, relation: str) -> str:
        """The raw cells, their values, and whether a row is `odd`, as `found`."""
        whole, odd = self.whole, " or ".join(self._odd())
        return f"""with raw as not materialized ({relation}),
keyed as not materialized (select *, {whole.places.key_sql} as place_key{whole.texts()} from raw),
typed as not materialized (
    select keyed.*, place.unit as v_region{self._values()}
    from keyed left join place on keyed.place_key = place.place
),
dated as not materialized (select *, {self._recorded()} as recorded from typed),
found as not materialized (
    select *, case when {odd} then true else false end as odd from dated
)"""

    def _cells(self) -> str:
        """Cells begin where they do in the other statement, after the text of the region."""
        cells = ", ".join(f"t_{target}" for target in self.whole.layout.given)
        return f"cast(to_json([broken, rest, null, place_key, {cells}]) as varchar)"

    def _hashed(self, column: Column) -> str:
        """Words of a list are texts in the other statement, so their texts are hashed here."""
        words = column.type == "enum" and column.sql_type == "VARCHAR" and column in self._given
        return f"x_{column.name}" if words else f"v_{column.name}"

    @property
    def _given(self) -> list[Column]:
        return [column for column, here in self.whole.columns() if here and column.type != "region"]

    def _values(self) -> str:
        found = ""
        for column, here in self.whole.columns():
            if column.type == "region":
                continue
            value = typed.quick(column, f"x_{column.name}", self.whole.layout.units)
            found += f", {value if here else f'cast(null as {column.sql_type})'} as v_{column.name}"
            if column.month_form and here:
                found += f", false as m_{column.name}"
        return found

    def _recorded(self) -> str:
        here = {column.name for column in self._given}
        days = [f"v_{name}" for name in self.whole.layout.contract.recorded_columns if name in here]
        return f"coalesce({', '.join([*days, self.whole.received_sql])})"

    def _odd(self) -> list[str]:
        """The conditions that put a row aside; unknown counts as no."""
        found = ["broken is not null", "v_region is null"]
        for column in self._given:
            found += self._odd_text(column) if column.type in ("text", "code") else self._odd_value(column)
        return found + self._odd_dates() + self._odd_pairs() + self._odd_restricted()

    def _odd_value(self, column: Column) -> list[str]:
        """Conditions on a cell that must be read as something else than text."""
        text, value = f"x_{column.name}", f"v_{column.name}"
        unread = f"{value} is null" if column.required else f"{text} is not null and {value} is null"
        # Ranges of dates are tested for all of them at once.
        elsewhere = (DATE_IN_FUTURE, DATE_OUT_OF_RANGE)
        return [unread, *self._violations(column, lambda rule: rule not in elsewhere)]

    def _odd_text(self, column: Column) -> list[str]:
        """Conditions on a text: something to trim, narrow or fold, a number of a person, a rule."""
        text = f"x_{column.name}"
        marks = f"^{BLANK_CLASS}|{BLANK_CLASS}$"
        if column.type == "code":
            marks += f"|[{FULL_WIDTH}]"
        found = [f"{text} is null"] if column.required else []
        # Before "$" sorts what begins with a blank, "#" (the error of a formula) and the empty text.
        found += [
            f"{text} < '$'",
            f"""case when strlen({text}) = length({text}) then right({text}, 1) < '!'
            else regexp_matches({text}, '{marks}') end""",
        ]
        if self.whole.text.quoted:
            found.append(f"regexp_matches({text}, '[\\r\\n\\t]')")
        if private := self._violations(column, lambda rule: rule in PRIVATE):
            found.append(f"long_digits({text}) and ({' or '.join(private)})")
        return found + self._violations(column, lambda rule: rule not in (FORMULA_ERROR, *PRIVATE))

    def _violations(self, column: Column, wanted: Callable[[Rule], bool]) -> list[str]:
        rules = column_rules(column, self.whole.layout.contract.bare_prefecture)
        return [
            f"({self.whole.predicate(column, rule)})"
            for rule in rules
            if rule.applies == "read" and rule is not ENCODING_DAMAGED and wanted(rule)
        ]

    def _odd_dates(self) -> list[str]:
        """Conditions on the dates of a row: before the earliest, after what each may be at most."""
        most: dict[str, list[str]] = {
            self.whole.received_sql: [],
            f"least(recorded, {LATEST})": [],
            LATEST: [],
        }
        received, recorded, latest = most.values()
        for column in self._given:
            if column.type == "date":
                own = column.name in self.whole.layout.contract.recorded_columns
                days = received if own else recorded if column.event_like else latest
                days.append(f"v_{column.name}")
        found = [f"greatest({', '.join(days)}) > {limit}" for limit, days in most.items() if days]
        every = ", ".join([*received, *recorded, *latest])
        return [*found, f"least({every}) < {EARLIEST}"] if every else []

    def _odd_pairs(self) -> list[str]:
        """The rules between two columns."""
        here = {column.name for column, given in self.whole.columns() if given}
        return [
            f"({rule.predicate.format(a=f'v_{rule.columns[0]}', b=f'v_{rule.columns[1]}')})"
            for rule in self.whole.layout.contract.between
            if here.issuperset(rule.columns)
        ]

    def _odd_restricted(self) -> list[str]:
        """A row of which little may be kept says more than that."""
        rule = self.whole.layout.contract.restriction
        shut = self.whole.shut_targets()
        if rule is None or not shut:
            return []
        cells = ", ".join(f"t_{target}" for target in shut)
        return [f"v_{rule.column} = {quoted(rule.value)} and coalesce({cells}) is not null"]

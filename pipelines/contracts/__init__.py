"""Contracts: what each source must look like, declared once.

A contract gives validation, reject reasons, the import template, the reference page and the
sample generator. `base` holds the shapes, `rules` the rules every column of a type obeys,
`file_rules` those of rows and whole files, `macros` the SQL helpers the predicates use, `limits` the
largest sizes, and one module per source its columns.
Next stop: `pipelines/ingest`, which reads files by these contracts.
"""

from pipelines.contracts.base import Column, Contract, Restriction, Rule, Value
from pipelines.contracts.debt import DEBT_BALANCE, DEBT_YEAR
from pipelines.contracts.exposure import EXPOSURE
from pipelines.contracts.failures import FAILURES
from pipelines.contracts.file_rules import FILE_RULES, ROW_RULES
from pipelines.contracts.petitions import PETITIONS
from pipelines.contracts.reports import REPORTS
from pipelines.contracts.rules import all_rules, column_rules

CONTRACTS: dict[str, Contract] = {
    contract.source: contract
    for contract in (FAILURES, PETITIONS, DEBT_BALANCE, DEBT_YEAR, EXPOSURE, REPORTS)
}

__all__ = [
    "CONTRACTS",
    "FILE_RULES",
    "ROW_RULES",
    "Column",
    "Contract",
    "Restriction",
    "Rule",
    "Value",
    "all_rules",
    "column_rules",
]

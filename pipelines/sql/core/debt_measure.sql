-- Debt measures of every region as they stand at a month's end, in fen.
-- grain: region_id, period, measure
-- They stand outside core.measure: a prefecture's own 全辖 row may stand in for units that did not report, so a region
-- is not always the sum of its units. What is not reported has no row.
with at_quarter as (
    select
        figure.region_id,
        month.month as period,
        figure.balance_fen,
        figure.limit_fen
    from core.debt_month as month
    inner join core.debt_figure as figure on month.quarter_period = figure.period
),
at_year as (
    select
        figure.region_id,
        month.month as period,
        figure.balance_fen,
        figure.fiscal_capacity_fen,
        figure.interest_fen,
        figure.interest_base_fen,
        figure.overdue_fen
    from core.debt_month as month
    inner join core.debt_figure as figure on month.year_period = figure.period
),
measured as (
    select region_id, period, 'debt_balance' as measure, balance_fen as value_fen from at_quarter
    union all
    select region_id, period, 'debt_limit', limit_fen from at_quarter
    union all
    select region_id, period, 'debt_balance_year_end', balance_fen from at_year
    union all
    select region_id, period, 'fiscal_capacity', fiscal_capacity_fen from at_year
    union all
    select region_id, period, 'debt_interest', interest_fen from at_year
    union all
    select region_id, period, 'debt_interest_base', interest_base_fen from at_year
    union all
    select region_id, period, 'debt_overdue', overdue_fen from at_year
)
select
    region_id,
    period,
    measure,
    cast(value_fen as double) as value
from measured
where value_fen is not null

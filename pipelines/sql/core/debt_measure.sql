-- Debt measures of every region as they stand at a month's end, in fen.
-- grain: region_id, period, measure
-- They stand outside core.measure: a prefecture's own 全辖 row may stand in for units that did not report, so a region
-- is not always the sum of its units. What is not reported has no row.
with measured as (
    select
        figure.region_id,
        month.month as period,
        'debt_balance' as measure,
        figure.balance_fen as value_fen
    from core.debt_month as month
    inner join core.debt_figure as figure on month.quarter_period = figure.period
    union all
    select
        figure.region_id,
        month.month,
        'debt_limit',
        figure.limit_fen
    from core.debt_month as month
    inner join core.debt_figure as figure on month.quarter_period = figure.period
    union all
    select
        figure.region_id,
        month.month,
        'debt_balance_year_end',
        figure.balance_fen
    from core.debt_month as month
    inner join core.debt_figure as figure on month.year_period = figure.period
    union all
    select
        figure.region_id,
        month.month,
        'fiscal_capacity',
        figure.fiscal_capacity_fen
    from core.debt_month as month
    inner join core.debt_figure as figure on month.year_period = figure.period
    union all
    select
        figure.region_id,
        month.month,
        'debt_interest',
        figure.interest_fen
    from core.debt_month as month
    inner join core.debt_figure as figure on month.year_period = figure.period
    union all
    select
        figure.region_id,
        month.month,
        'debt_interest_base',
        figure.interest_base_fen
    from core.debt_month as month
    inner join core.debt_figure as figure on month.year_period = figure.period
    union all
    select
        figure.region_id,
        month.month,
        'debt_overdue',
        figure.overdue_fen
    from core.debt_month as month
    inner join core.debt_figure as figure on month.year_period = figure.period
)
select
    region_id,
    period,
    measure,
    cast(value_fen as double) as value
from measured
where value_fen is not null

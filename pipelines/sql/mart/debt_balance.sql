-- Legal debt of every region at every quarter's end: balances, limits, how much of the limit is used, and where it comes from.
-- grain: region_id, quarter
-- `quarter` is the first day of its last month; amounts are in fen, null where the region is missing. `over_limit` asks
-- general and special debt apart. `balance_to_last_capacity_pct` (余额 ÷ 上年综合财力, 测算) is for reference within the
-- year and never scored. `basis`, `units_…` and `stand_ins` are told in core.debt_region.
select
    figure.region_id,
    region.region_level,
    figure.period as quarter,
    figure.balance_general_fen,
    figure.balance_special_fen,
    figure.balance_fen,
    figure.limit_general_fen,
    figure.limit_special_fen,
    figure.limit_fen,
    round(cast(figure.balance_fen as double) / nullif(figure.limit_fen, 0) * 100, 9) as limit_use_pct,
    figure.balance_general_fen > figure.limit_general_fen or figure.balance_special_fen > figure.limit_special_fen
        as over_limit,
    round(cast(figure.balance_fen as double) / nullif(last_year.fiscal_capacity_fen, 0) * 100, 9)
        as balance_to_last_capacity_pct,
    figure.balance_basis as basis,
    figure.balance_units_due as units_due,
    figure.balance_units_reported as units_reported,
    figure.balance_stand_ins as stand_ins,
    given.approved_date,
    given.published_date
from core.debt_figure as figure
inner join ref.region as region on figure.region_id = region.region_id
left join core.debt_figure as last_year
    on figure.region_id = last_year.region_id
    and last_year.period = make_date(cast(extract(year from figure.period) as integer) - 1, 12, 1)
left join core.debt_row as given
    on given.source = 'debt_balance'
    and figure.region_id = given.region_id
    and figure.period = given.period
where figure.balance_units_due is not null

-- Debt of every region and year: amounts, the debt ratio and its band, interest burden, overdue share, and where they come from.
-- grain: region_id, year
-- Amounts are in fen, ratios in %, null where the region is missing. `debt_band` is the lower bound of the band in % (0 for
-- the lowest), a reference and not the finance department's risk grade. `interest_branch` is the budget in which interest
-- weighs more. `basis` is of the year's figures, `balance_basis` of the year-end balance (see core.debt_region).
with ratio as (
    select
        figure.region_id,
        figure.period,
        round(cast(figure.balance_fen as double) / nullif(figure.fiscal_capacity_fen, 0) * 100, 9) as debt_ratio_pct,
        round(cast(figure.interest_fen as double) / nullif(figure.interest_base_fen, 0) * 100, 9)
            as interest_burden_pct,
        round(cast(figure.overdue_fen as double) / nullif(figure.balance_fen, 0) * 100, 9) as overdue_ratio_pct
    from core.debt_figure as figure
)
select
    figure.region_id,
    region.region_level,
    cast(extract(year from figure.period) as integer) as year,
    figure.balance_fen as balance_year_end_fen,
    figure.fiscal_capacity_fen,
    figure.interest_general_fen,
    figure.interest_special_fen,
    figure.budget_expenditure_general_fen,
    figure.budget_expenditure_fund_fen,
    figure.overdue_fen,
    figure.principal_due_fen,
    figure.new_debt_fen,
    ratio.debt_ratio_pct,
    case
        when ratio.debt_ratio_pct >= parameter.debt_band_high then parameter.debt_band_high
        when ratio.debt_ratio_pct >= parameter.debt_band_middle then parameter.debt_band_middle
        when ratio.debt_ratio_pct >= parameter.debt_band_low then parameter.debt_band_low
        when ratio.debt_ratio_pct is not null then 0
    end as debt_band,
    ratio.interest_burden_pct,
    figure.interest_branch,
    ratio.overdue_ratio_pct,
    figure.year_basis as basis,
    figure.balance_basis,
    figure.year_units_due as units_due,
    figure.year_units_reported as units_reported,
    figure.year_stand_ins as stand_ins,
    given.approved_date,
    given.published_date
from core.debt_figure as figure
cross join ref.parameter as parameter
inner join ref.region as region on figure.region_id = region.region_id
inner join ratio on figure.region_id = ratio.region_id and figure.period = ratio.period
left join core.debt_row as given
    on given.source = 'debt_year'
    and figure.region_id = given.region_id
    and figure.period = given.period
where figure.year_units_due is not null

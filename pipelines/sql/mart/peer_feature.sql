-- By what regions are compared with their like: population, GDP per head and how much of its expenditure a budget earns.
-- grain: region_id
-- Of the latest year that has begun and for which all of them are on file; a prefecture is the sum of its counties. Regions
-- without such a year have no row. Expenditure comes with the year's debt report.
with yearly as (
    select
        rollup.region_id,
        exposure.year,
        count(*) as units,
        sum(exposure.population) as population,
        sum(exposure.gdp_fen) as gdp_fen,
        sum(exposure.budget_revenue_fen) as budget_revenue_fen
    from src.exposure as exposure
    inner join ref.rollup as rollup on exposure.region_id = rollup.unit_id
    inner join ref.region as unit on exposure.region_id = unit.region_id and unit.region_level = 'county'
    where exposure.population > 0 and exposure.gdp_fen > 0 and exposure.budget_revenue_fen is not null
    group by rollup.region_id, exposure.year
),
county as (
    select
        rollup.region_id,
        count(*) as counties
    from ref.rollup as rollup
    inner join ref.region as unit on rollup.unit_id = unit.region_id and unit.region_level = 'county'
    group by rollup.region_id
),
whole as (
    select
        yearly.region_id,
        region.region_level,
        yearly.year,
        yearly.population,
        cast(yearly.gdp_fen as double) / 100.0 / nullif(yearly.population, 0) as gdp_per_head_yuan,
        cast(yearly.budget_revenue_fen as double) / nullif(figure.budget_expenditure_general_fen, 0) * 100.0
            as self_sufficiency_pct,
        row_number() over (partition by yearly.region_id order by yearly.year desc) as recency
    from yearly
    cross join run.context as context
    inner join county on yearly.region_id = county.region_id and yearly.units = county.counties
    inner join ref.region as region on yearly.region_id = region.region_id
    inner join core.debt_figure as figure
        on yearly.region_id = figure.region_id
        and yearly.year = extract(year from figure.period)
        and extract(month from figure.period) = 12
        and figure.budget_expenditure_general_fen > 0
    where
        region.region_level in ('prefecture', 'county')
        and yearly.year <= extract(year from context.last_month)
)
select
    region_id,
    region_level,
    cast(year as integer) as year,
    cast(population as bigint) as population,
    round(gdp_per_head_yuan, 9) as gdp_per_head_yuan,
    round(self_sufficiency_pct, 9) as self_sufficiency_pct
from whole
where recency = 1

-- Measures of every region: the sum of its units' values, with flows summed to date so that a window is one subtraction.
-- grain: region_id, measure, period
-- Only months that a window to be made looks back on (run.period).
with summed as (
    select
        rollup.region_id,
        unit_measure.measure,
        unit_measure.period,
        round(sum(unit_measure.value), 9) as value
    from core.measure as unit_measure
    inner join run.period as month on unit_measure.period = month.period
    inner join ref.rollup as rollup on unit_measure.region_id = rollup.unit_id
    group by rollup.region_id, unit_measure.measure, unit_measure.period
)
select
    region_id,
    measure,
    period,
    value,
    round(sum(coalesce(value, 0.0)) over (
        partition by region_id, measure
        order by period
    ), 9) as value_to_date,
    cast(count(value) over (
        partition by region_id, measure
        order by period
    ) as integer) as months_to_date
from summed

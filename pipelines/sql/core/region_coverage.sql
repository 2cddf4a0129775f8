-- Coverage of every region: how many of its units are due, missing, partial, late or pending in a month.
-- grain: source, region_id, month
-- `months_missing_to_date` counts the months so far in which any unit was missing or partial: windows subtract it.
with counted as (
    select
        coverage.source,
        rollup.region_id,
        coverage.month,
        count(*) as units_due,
        sum(case when coverage.state = 'not_reported' then 1 else 0 end) as units_missing,
        sum(case when coverage.state = 'partial' then 1 else 0 end) as units_partial,
        sum(case when coverage.state = 'late' then 1 else 0 end) as units_late,
        sum(case when coverage.state = 'pending' then 1 else 0 end) as units_pending
    from core.coverage as coverage
    inner join ref.rollup as rollup on coverage.unit_id = rollup.unit_id
    group by coverage.source, rollup.region_id, coverage.month
)
select
    source,
    region_id,
    month,
    cast(units_due as integer) as units_due,
    cast(units_missing as integer) as units_missing,
    cast(units_partial as integer) as units_partial,
    cast(units_late as integer) as units_late,
    cast(units_pending as integer) as units_pending,
    cast(sum(case when units_missing + units_partial > 0 then 1 else 0 end) over (
        partition by source, region_id
        order by month
    ) as integer) as months_missing_to_date
from counted

-- Signed nil returns of the latest 12 months: months a region registered as reported in which it has no record at all.
-- grain: source, region_id
-- A month counts for a region when all its units are registered for it; months inferred from the rows themselves cannot be
-- nil. Zero is believed and scored; this says how often a region says zero.
with volume as (
    select 'failures' as source, 'failure_events' as measure
    union all
    select 'petitions', 'petition_volume'
),
monthly as (
    select
        coverage.source,
        rollup.region_id,
        coverage.month,
        min(
            case when coverage.state in ('on_time', 'late', 'partial') and not coverage.inferred then 1 else 0 end
        ) as signed,
        sum(coalesce(unit_measure.value, 0.0)) as records
    from core.coverage as coverage
    cross join run.context as context
    inner join volume on coverage.source = volume.source
    inner join ref.rollup as rollup on coverage.unit_id = rollup.unit_id
    left join core.measure as unit_measure
        on coverage.unit_id = unit_measure.region_id
        and coverage.month = unit_measure.period
        and volume.measure = unit_measure.measure
    where coverage.month > cast(context.last_month - interval '12 months' as date)
    group by coverage.source, rollup.region_id, coverage.month
)
select
    monthly.source,
    monthly.region_id,
    region.region_level,
    cast(sum(monthly.signed) as integer) as months_signed,
    cast(sum(case when monthly.signed = 1 and monthly.records = 0 then 1 else 0 end) as integer) as months_nil
from monthly
inner join ref.region as region on monthly.region_id = region.region_id
where region.region_level in ('prefecture', 'county')
group by monthly.source, monthly.region_id, region.region_level

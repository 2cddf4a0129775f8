-- The counts that warnings test: by channel, region (province, prefecture, county) and month; null where the month is not wholly reported.
-- grain: channel, region_id, period
-- A month is not wholly reported where a unit did not report, reported incompletely or is not due yet, and where a file
-- came without a column the count needs.
with part as (
    select channel, measure, 1.0 as sign from ref.channel
    union all
    select channel, less, -1.0 from ref.channel where less is not null
),
counted as (
    select
        part.channel,
        rollup.region_id,
        unit_measure.period,
        sum(part.sign * unit_measure.value) as amount
    from part
    inner join core.measure as unit_measure on part.measure = unit_measure.measure
    inner join ref.rollup as rollup on unit_measure.region_id = rollup.unit_id
    group by part.channel, rollup.region_id, unit_measure.period
)
select
    channel.channel,
    region.region_id,
    region.region_level,
    coverage.month as period,
    case
        when coverage.units_missing + coverage.units_partial + coverage.units_pending > 0 then null
        when gap.period is not null or not coalesce(given.provided, false) then null
        else round(counted.amount, 9)
    end as observed
from ref.channel as channel
inner join ref.measure as measure on channel.measure = measure.measure
inner join core.region_coverage as coverage on measure.source = coverage.source
inner join ref.region as region
    on coverage.region_id = region.region_id
    and region.region_level in ('province', 'prefecture', 'county')
left join counted
    on channel.channel = counted.channel
    and coverage.region_id = counted.region_id
    and coverage.month = counted.period
left join core.given_indicator as given on channel.indicator_id = given.indicator_id
left join core.petition_gap as gap
    on channel.indicator_id = gap.indicator_id
    and coverage.region_id = gap.region_id
    and coverage.month = gap.period

-- Records of a region and month by the tested counts they enter: one record may be in two of them.
-- grain: region_id, period, channels
-- A failure event entered in its own month is in both counts of failures; a repeat petition is one of those registered.
-- Duties fall due long after registration, so an overdue one is in no other count of its month.
with event as (
    select
        rollup.region_id,
        cast(date_trunc('month', failure.period_date) as date) as event_month,
        case when failure.scored then cast(date_trunc('month', failure.entered_date) as date) end as entry_month
    from core.failure_event as failure
    inner join ref.rollup as rollup on failure.region_id = rollup.unit_id
),
counted as (
    select region_id, event_month as period, 'failure_entries,failure_events' as channels, 1.0 as records
    from event
    where event_month = entry_month
    union all
    select region_id, event_month, 'failure_events', 1.0
    from event
    where event_month is not null and event_month is distinct from entry_month
    union all
    select region_id, entry_month, 'failure_entries', 1.0
    from event
    where entry_month is not null and entry_month is distinct from event_month
    union all
    select
        region_id,
        period,
        case
            when channel = 'petitions_repeated' then 'petition_volume,petitions_repeated'
            else channel
        end,
        observed
    from core.channel_month
    where channel in ('petitions_repeated', 'petition_closings_overdue') and observed > 0
    union all
    select
        volume.region_id,
        volume.period,
        'petition_volume',
        volume.observed - coalesce(repeated.observed, 0)
    from core.channel_month as volume
    left join core.channel_month as repeated
        on volume.region_id = repeated.region_id
        and volume.period = repeated.period
        and repeated.channel = 'petitions_repeated'
    where volume.channel = 'petition_volume' and volume.observed > coalesce(repeated.observed, 0)
)
select
    counted.region_id,
    counted.period,
    counted.channels,
    cast(sum(counted.records) as bigint) as records
from counted
inner join ref.region as region
    on counted.region_id = region.region_id
    and region.region_level in ('prefecture', 'county')
inner join run.month as run_month on counted.period = run_month.month
group by counted.region_id, counted.period, counted.channels

-- Why a warning may be a matter of the data and not of the region: what was found when it was checked automatically.
-- grain: region_id, period, check_id
-- many_together: many regions of the level stand out in the month. late_report, after_silence: the lead count's source came
-- late, or the month before was not wholly reported. one_day: that many of the month's failures were entered on one day.
-- one_event: that many records were folded into one event of the month. young: too little of the month is on file yet.
-- Only what was found has a row; `found` of `whole`: regions, units, events, records, per cent.
with lead as (
    select
        warning.region_id,
        warning.region_level,
        warning.period,
        warning.lead_channel,
        warning.provisional,
        measure.source,
        channel.completeness
    from mart.warning as warning
    inner join ref.channel as named on warning.lead_channel = named.channel
    inner join ref.measure as measure on named.measure = measure.measure
    inner join mart.warning_channel as channel
        on warning.region_id = channel.region_id
        and warning.period = channel.period
        and warning.lead_channel = channel.channel
),
dated as (
    select
        rollup.region_id,
        failure.event_id,
        failure.entered_date,
        cast(date_trunc('month', failure.period_date) as date) as event_month,
        cast(date_trunc('month', failure.entered_date) as date) as entry_month
    from core.failure_event as failure
    inner join ref.rollup as rollup on failure.region_id = rollup.unit_id
),
behind as (
    select
        lead.region_id,
        lead.period,
        dated.event_id,
        dated.entered_date
    from lead
    inner join dated
        on lead.region_id = dated.region_id
        and lead.period = case when lead.lead_channel = 'failure_entries' then dated.entry_month else dated.event_month end
    where lead.source = 'failures'
),
day as (
    select region_id, period, entered_date, count(*) as events
    from behind
    where entered_date is not null
    group by region_id, period, entered_date
),
busiest as (
    select region_id, period, max(events) as found, sum(events) as whole
    from day
    group by region_id, period
),
folded as (
    select
        behind.region_id,
        behind.period,
        behind.event_id,
        count(*) as records
    from behind
    inner join core.failure_record as record on behind.event_id = record.event_id
    group by behind.region_id, behind.period, behind.event_id
),
found as (
    select
        lead.region_id,
        lead.period,
        'many_together' as check_id,
        warning_month.alarmed_count as found,
        warning_month.tested_count as whole
    from lead
    inner join mart.warning_month as warning_month
        on lead.region_level = warning_month.region_level
        and lead.period = warning_month.period
    where warning_month.together
    union all
    select lead.region_id, lead.period, 'late_report', coverage.units_late, coverage.units_due
    from lead
    inner join core.region_coverage as coverage
        on lead.source = coverage.source
        and lead.region_id = coverage.region_id
        and lead.period = coverage.month
    where coverage.units_late > 0
    union all
    select
        lead.region_id,
        lead.period,
        'after_silence',
        coverage.units_missing + coverage.units_partial,
        coverage.units_due
    from lead
    inner join core.region_coverage as coverage
        on lead.source = coverage.source
        and lead.region_id = coverage.region_id
        and lead.period = coverage.month + interval 1 month
    where coverage.units_missing + coverage.units_partial > 0
    union all
    select busiest.region_id, busiest.period, 'one_day', busiest.found, busiest.whole
    from busiest
    cross join ref.warning_parameter as parameter
    where busiest.found >= parameter.one_day_records and busiest.found >= parameter.one_day_share * busiest.whole
    union all
    select folded.region_id, folded.period, 'one_event', max(folded.records), sum(folded.records)
    from folded
    cross join ref.warning_parameter as parameter
    where folded.records >= parameter.one_event_records
    group by folded.region_id, folded.period
    union all
    select lead.region_id, lead.period, 'young', cast(round(100 * lead.completeness) as integer), 100
    from lead
    where lead.provisional
)
select
    region_id,
    period,
    check_id,
    cast(found as integer) as found,
    cast(whole as integer) as whole
from found

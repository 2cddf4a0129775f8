-- What the records behind each tested count are: by type, body, field and channel, for prefectures and counties.
-- grain: channel, region_id, period, attribute, value
-- The counts are those of core.channel_month. Failures are described by the record that speaks for the event.
with described as (
    select
        event.region_id,
        event.period_date,
        event.entered_date,
        event.scored,
        coalesce(failures.source, '未填') as source,
        coalesce(failures.body_level, '未填') as body_level,
        coalesce(failures.field, '未填') as field,
        failures.severity
    from core.failure_event as event
    inner join src.failures as failures on event.record_id = failures.record_id
),
dated as (
    select
        'failure_events' as channel,
        region_id,
        cast(date_trunc('month', period_date) as date) as period,
        source,
        body_level,
        field,
        severity
    from described
    where period_date is not null
    union all
    select
        'failure_entries',
        region_id,
        cast(date_trunc('month', entered_date) as date),
        source,
        body_level,
        field,
        severity
    from described
    where scored and entered_date is not null
),
each as (
    select channel, region_id, period, 'source' as attribute, source as value, 1 as amount from dated
    union all
    select channel, region_id, period, 'body_level', body_level, 1 from dated
    union all
    select channel, region_id, period, 'field', field, 1 from dated
    union all
    select channel, region_id, period, 'severity', severity, 1 from dated
    union all
    select
        mix.channel,
        mix.region_id,
        mix.period,
        mix.attribute,
        mix.value,
        mix.amount
    from cell.petition_mix as mix
    inner join ref.channel as named on mix.channel = named.channel
    inner join core.provision as provision
        on named.indicator_id = provision.indicator_id
        and mix.batch = provision.batch
        and provision.provided
)
select
    each.channel,
    rollup.region_id,
    each.period,
    each.attribute,
    each.value,
    cast(sum(each.amount) as bigint) as records
from each
inner join ref.rollup as rollup on each.region_id = rollup.unit_id
inner join ref.region as region
    on rollup.region_id = region.region_id
    and region.region_level in ('prefecture', 'county')
inner join run.month as run_month on each.period = run_month.month
group by each.channel, rollup.region_id, each.period, each.attribute, each.value

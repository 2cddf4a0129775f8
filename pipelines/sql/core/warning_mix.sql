-- Records behind every count that explains a warning, by attribute: this month, the region's past, and all regions' past.
-- grain: region_id, period, channel, attribute, value
-- The past is the history the count was held against: up to `history` months before the guard.
with explained as (
    select
        channel.region_id,
        channel.region_level,
        channel.period,
        channel.channel
    from mart.warning_channel as channel
    inner join mart.warning as warning
        on channel.region_id = warning.region_id
        and channel.period = warning.period
    where channel.explains
),
span as (
    select
        last.month as period,
        past.month
    from run.month as last
    cross join run.month as past
    cross join ref.warning_parameter as parameter
    where
        past.month < last.month - to_months(cast(parameter.guard as integer))
        and past.month >= last.month - to_months(cast(parameter.guard + parameter.history as integer))
),
level_mix as (
    select
        region.region_level,
        mix.channel,
        mix.period,
        mix.attribute,
        mix.value,
        sum(mix.records) as records
    from core.record_mix as mix
    inner join ref.region as region on mix.region_id = region.region_id
    group by region.region_level, mix.channel, mix.period, mix.attribute, mix.value
),
said as (
    select
        explained.region_id, explained.period, explained.channel, mix.attribute, mix.value,
        mix.records as observed, 0 as past, 0 as usual
    from explained
    inner join core.record_mix as mix
        on explained.region_id = mix.region_id
        and explained.period = mix.period
        and explained.channel = mix.channel
    union all
    select
        explained.region_id, explained.period, explained.channel, mix.attribute, mix.value,
        0, sum(mix.records), 0
    from explained
    inner join span on explained.period = span.period
    inner join core.record_mix as mix
        on explained.region_id = mix.region_id
        and span.month = mix.period
        and explained.channel = mix.channel
    group by explained.region_id, explained.period, explained.channel, mix.attribute, mix.value
    union all
    select
        explained.region_id, explained.period, explained.channel, mix.attribute, mix.value,
        0, 0, sum(mix.records)
    from explained
    inner join span on explained.period = span.period
    inner join level_mix as mix
        on explained.region_level = mix.region_level
        and span.month = mix.period
        and explained.channel = mix.channel
    group by explained.region_id, explained.period, explained.channel, mix.attribute, mix.value
)
select
    region_id,
    period,
    channel,
    attribute,
    value,
    cast(sum(observed) as bigint) as observed,
    cast(sum(past) as bigint) as past,
    cast(sum(usual) as bigint) as usual
from said
group by region_id, period, channel, attribute, value

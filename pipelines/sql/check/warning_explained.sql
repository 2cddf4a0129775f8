-- Counts that explain a warning and are not what their records sum to, or whose contributions miss the excess.
with behind as (
    select region_id, period, channel, attribute, sum(observed) as records, sum(excess) as excess
    from mart.warning_share
    group by region_id, period, channel, attribute
),
lowest as (
    select region_id, period, min(records) as records
    from mart.warning_evidence
    group by region_id, period
)
select
    channel.region_id,
    channel.period,
    channel.channel,
    channel.observed,
    channel.excess,
    behind.attribute,
    behind.records,
    behind.excess as dealt
from mart.warning_channel as channel
inner join mart.warning as warning
    on channel.region_id = warning.region_id
    and channel.period = warning.period
left join behind
    on channel.region_id = behind.region_id
    and channel.period = behind.period
    and channel.channel = behind.channel
left join lowest
    on channel.region_id = lowest.region_id
    and channel.period = lowest.period
where
    channel.explains
    and (
        behind.records is null
        or behind.records <> channel.observed
        or abs(behind.excess - channel.excess) > 0.000000001
        or lowest.records is null
    )

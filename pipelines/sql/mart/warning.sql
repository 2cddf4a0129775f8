-- Warnings, at most one for each region and month: its level and what leads it.
-- grain: region_id, period
-- Observed to excess are those of the lead channel; `channels` are all that explain it. A warning is a prompt to check.
with explained as (
    select
        channel.region_id,
        channel.period,
        string_agg(channel.channel, ',' order by named.sort_order) as channels
    from mart.warning_channel as channel
    inner join ref.channel as named on channel.channel = named.channel
    where channel.explains
    group by channel.region_id, channel.period
)
select
    concat(judged.region_id, '-', substr(cast(judged.period as varchar), 1, 7)) as warning_id,
    judged.region_id,
    judged.region_level,
    judged.period,
    judged.level,
    judged.lead_channel,
    judged.order_p as p_value,
    judged.alarm_p,
    lead.observed,
    lead.expected,
    lead.lower,
    lead.upper,
    lead.excess,
    explained.channels,
    judged.provisional,
    judged.volume_only
from core.judged as judged
inner join mart.warning_channel as lead
    on judged.region_id = lead.region_id
    and judged.period = lead.period
    and judged.lead_channel = lead.channel
inner join explained
    on judged.region_id = explained.region_id
    and judged.period = explained.period
where judged.channel = 'joined' and judged.level is not null

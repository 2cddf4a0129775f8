-- Channels tested without figures or against their reason, and warnings that no tested channel leads.
select
    channel.region_id,
    channel.period,
    channel.channel,
    channel.tested,
    channel.reason,
    channel.p_value
from mart.warning_channel as channel
left join mart.warning as warning
    on channel.region_id = warning.region_id
    and channel.period = warning.period
    and channel.channel = warning.lead_channel
where
    channel.tested <> (channel.reason is null)
    or (channel.tested and (channel.p_value is null or channel.expected is null or channel.observed is null))
    or channel.p_value not between 0 and 1
    or (warning.region_id is not null and (not channel.tested or warning.level not between 1 and 4))

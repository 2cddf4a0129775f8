-- Every region and month: raised, quiet, or not assessable and why; how unusual all its counts together are.
-- grain: region_id, period
-- `p_value` orders lists; levels go by `alarm_p`, in which the month before and the neighbours count for less. Its parts:
-- the best source, all sources, the neighbours. `discovered`: found by Benjamini–Hochberg among the level's regions;
-- `gate_open`: a count of its own explains it. Not assessable: not_reported, or history_short.
with own as (
    select
        channel.region_id,
        channel.period,
        max(cast(channel.observed is not null as integer)) as reported,
        max(cast(channel.explains as integer)) as explained
    from mart.warning_channel as channel
    group by channel.region_id, channel.period
)
select
    judged.region_id,
    judged.region_level,
    judged.period,
    case when judged.alarm_p is null then 'not_assessable' when judged.level is null then 'quiet' else 'raised' end
        as state,
    case
        when judged.alarm_p is not null then null
        when own.reported = 0 then 'not_reported'
        else 'history_short'
    end as reason,
    judged.order_p as p_value,
    judged.alarm_p,
    judged.best_p,
    judged.together_p,
    judged.neighbours_p,
    coalesce(judged.discovered, false) as discovered,
    own.explained = 1 as gate_open,
    judged.level
from core.judged as judged
inner join own
    on judged.region_id = own.region_id
    and judged.period = own.period
where judged.channel = 'joined'

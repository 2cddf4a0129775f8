-- Where registers do not agree: failures that courts, audit or the arrears platform know and the region never reported itself.
-- grain: region_id
-- Of standing events entered in the latest 12 months: `events_verified` (any record says who verified it), `events_outside`
-- (courts, audit, arrears platform), `events_outside_only` (none of their records was self-reported). Of bodies on the list
-- of judgment defaulters now: `bodies_listed`, and `bodies_listed_only` of whom no self-reported record of any date exists.
-- A prompt to check, no verdict: a court's record may simply be the first. Regions without any of them have no row.
with record as (
    select
        standing.record_id,
        standing.event_id,
        standing.region_id,
        standing.body_key,
        standing.source,
        standing.weighed_from,
        standing.listed_from,
        standing.listed_to,
        standing.repaired_date,
        case when failures.verified_by = '自行报送' then 1 else 0 end as own,
        case when failures.verified_by in ('法院', '审计', '清欠平台') then 1 else 0 end as outside
    from core.failure_record as standing
    inner join src.failures as failures on standing.record_id = failures.record_id
),
latest as (
    select
        last_month,
        cast(last_month - interval '11 months' as date) as since,
        cast(last_month + interval '1 month' as date) as until
    from run.context
),
event as (
    select
        record.event_id,
        record.region_id,
        max(record.own) as own,
        max(record.outside) as outside
    from record
    cross join latest
    where record.weighed_from < latest.until and record.own + record.outside > 0
    group by record.event_id, record.region_id
    having max(case when record.weighed_from >= latest.since then 1 else 0 end) = 1
),
listed as (
    select
        record.region_id,
        record.body_key
    from record
    cross join latest
    where
        record.source = '失信被执行人'
        and record.listed_from < latest.until
        and (record.listed_to is null or record.listed_to >= latest.until)
        and (record.repaired_date is null or record.repaired_date >= latest.until)
    group by record.region_id, record.body_key
),
body as (
    select
        listed.region_id,
        listed.body_key,
        max(coalesce(record.own, 0)) as own
    from listed
    left join record on listed.region_id = record.region_id and listed.body_key = record.body_key
    group by listed.region_id, listed.body_key
),
found as (
    select
        region_id,
        1 as events_verified,
        outside as events_outside,
        outside * (1 - own) as events_outside_only,
        0 as bodies_listed,
        0 as bodies_listed_only
    from event
    union all
    select
        region_id,
        0,
        0,
        0,
        1,
        1 - own
    from body
)
select
    rollup.region_id,
    region.region_level,
    latest.last_month as period,
    cast(sum(found.events_verified) as integer) as events_verified,
    cast(sum(found.events_outside) as integer) as events_outside,
    cast(sum(found.events_outside_only) as integer) as events_outside_only,
    cast(sum(found.bodies_listed) as integer) as bodies_listed,
    cast(sum(found.bodies_listed_only) as integer) as bodies_listed_only
from found
cross join latest
inner join ref.rollup as rollup on found.region_id = rollup.unit_id
inner join ref.region as region on rollup.region_id = region.region_id
group by rollup.region_id, region.region_level, latest.last_month

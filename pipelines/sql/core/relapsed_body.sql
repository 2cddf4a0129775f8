-- Bodies that failed again, by the month of the later event: another standing event lies at most 24 months before it.
-- grain: region_id, body_key, period
with event as (
    select
        event_id,
        region_id,
        body_key,
        period_date,
        relapse_of
    from core.failure_event
    where scored and period_date is not null
)
select distinct
    later.region_id,
    later.body_key,
    cast(date_trunc('month', later.period_date) as date) as period
from event as later
cross join ref.parameter as parameter
left join event as earlier
    on later.body_key = earlier.body_key
    and later.event_id <> earlier.event_id
    and (
        earlier.period_date < later.period_date
        or (earlier.period_date = later.period_date and earlier.event_id < later.event_id)
    )
    and earlier.period_date >= cast(later.period_date - parameter.relapse_months * interval '1 month' as date)
where earlier.event_id is not null or later.relapse_of is not null

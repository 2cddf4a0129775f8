-- Failure events and their duties by month: events by their own date, entries by entry, duties by the month they fall due.
-- grain: region_id, period, measure
-- Counting duties by due date keeps recent, still open ones out of the denominator. `failure_events` counts every
-- standing event, scored or not; the duties are those of scored events.
with dated as (
    select
        region_id,
        cast(date_trunc('month', period_date) as date) as period,
        'failure_events' as measure,
        1 as amount
    from core.failure_event
    where period_date is not null
    union all
    select
        region_id,
        cast(date_trunc('month', reason_due) as date),
        'failure_reasons_due',
        1
    from core.failure_event
    where scored and reason_due is not null
    union all
    select
        region_id,
        cast(date_trunc('month', reason_due) as date),
        'failure_reasons_on_time',
        1
    from core.failure_event
    where scored and reason_filed_date <= reason_due
    union all
    select
        region_id,
        cast(date_trunc('month', rectify_due) as date),
        'failure_rectifications_due',
        1
    from core.failure_event
    where scored and rectify_due is not null
    union all
    select
        region_id,
        cast(date_trunc('month', rectify_due) as date),
        'failure_rectifications_on_time',
        1
    from core.failure_event
    where scored and rectified_date <= rectify_due
    union all
    select
        region_id,
        cast(date_trunc('month', entered_date) as date),
        'failure_entries',
        1
    from core.failure_event
    where scored and entered_date is not null
    union all
    select
        event.region_id,
        cast(date_trunc('month', event.entered_date) as date),
        'failure_entries_on_time',
        1
    from core.failure_event as event
    cross join ref.parameter as parameter
    where event.scored and event.entered_date <= event.recognised_date + parameter.entry_days
)
select
    region_id,
    period,
    measure,
    sum(amount) as amount
from dated
group by region_id, period, measure

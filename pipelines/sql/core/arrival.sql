-- How failure events came onto file: by the month of the event and the whole months until it was entered.
-- grain: period, delay_months
-- A delay of 0 is an entry in the same month. Events without an entry date say nothing about delay.
with dated as (
    select
        month.month as period,
        (extract(year from event.entered_date) - extract(year from month.month)) * 12
        + extract(month from event.entered_date) - extract(month from month.month) as months
    from core.failure_event as event
    inner join run.month as month
        on event.period_date >= month.month
        and event.period_date < month.next_month
    where event.entered_date is not null
)
select
    period,
    cast(greatest(months, 0) as integer) as delay_months,
    cast(count(*) as integer) as events
from dated
group by period, greatest(months, 0)

-- Who has reported: one state per source, unit and month, from 报送登记 or, without it, inferred from the rows themselves.
-- grain: source, unit_id, month
-- States: on_time, late, partial (registered as incomplete), pending (not yet due), not_reported.
-- A prefecture's registration covers all its units; a unit's own registration goes before it.
-- Months before a source's first one are not due and have no row. Inferred means: the prefecture sent a row of
-- that source in that month; it cannot tell a quiet month from a silent one, and `inferred` says so.
with registered as (
    select
        reports.source as source,
        rollup.unit_id,
        reports.month,
        reports.reported_at,
        reports.complete,
        row_number() over (
            partition by reports.source, rollup.unit_id, reports.month
            order by case when reports.region_id = rollup.unit_id then 0 else 1 end
        ) as closeness
    from src.reports as reports
    inner join ref.region as region on reports.region_id = region.region_id
    inner join ref.rollup as rollup on reports.region_id = rollup.region_id
    -- The province's own registration speaks for 省本级 only, never for the sixteen prefectures.
    where region.region_level <> 'province'
),
sent as (
    select 'failures' as source, region_id as unit_id, cast(date_trunc('month', period_date) as date) as month
    from src.failures
    where period_date is not null
    union
    select 'petitions', region_id, row_month
    from cell.petition
    where measure = 'petition_volume' and row_month is not null
),
sender as (
    select
        rollup.unit_id,
        coalesce(region.parent_id, region.region_id) as reporter_id
    from ref.rollup as rollup
    inner join ref.region as region on rollup.unit_id = region.region_id and rollup.region_id = region.region_id
),
reporter_sent as (
    select distinct
        sent.source,
        sender.reporter_id,
        sent.month
    from sent
    inner join sender on sent.unit_id = sender.unit_id
),
first_registered as (
    select source, min(month) as first_month from registered group by source
),
first_sent as (
    select source, min(month) as first_month from sent group by source
),
first_due as (
    select
        source.source,
        coalesce(first_registered.first_month, first_sent.first_month) as first_month,
        first_registered.first_month is null as inferred
    from ref.source as source
    left join first_registered on source.source = first_registered.source
    left join first_sent on source.source = first_sent.source
    where source.grain = 'event'
),
due as (
    select
        first_due.source,
        sender.unit_id,
        sender.reporter_id,
        month.month,
        first_due.inferred
    from first_due
    inner join run.month as month on first_due.first_month <= month.month
    cross join sender
)
select
    due.source,
    due.unit_id,
    due.month,
    case
        when due.inferred then
            case when reporter_sent.month is null then 'not_reported' else 'on_time' end
        when registered.reported_at is not null and registered.reported_at <= context.as_of then
            case
                when registered.complete is false then 'partial'
                when registered.reported_at
                    < cast(due.month + interval '1 month' as date) + parameter.report_due_days then 'on_time'
                else 'late'
            end
        when cast(due.month + interval '1 month' as date) + parameter.report_due_days > context.as_of then 'pending'
        else 'not_reported'
    end as state,
    registered.reported_at,
    due.inferred
from due
cross join run.context as context
cross join ref.parameter as parameter
left join registered
    on due.source = registered.source
    and due.unit_id = registered.unit_id
    and due.month = registered.month
    and registered.closeness = 1
left join reporter_sent
    on due.source = reporter_sent.source
    and due.reporter_id = reporter_sent.reporter_id
    and due.month = reporter_sent.month

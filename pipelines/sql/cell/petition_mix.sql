-- Petitions by what they are about, how they came and of which type, for each count that warnings test.
-- grain: row_month, batch, region_id, period, channel, attribute, value
-- Counted once for each month of the store and kept, like cell.petition and by the same conditions. A null is 未填.
with closing as (
    select
        day,
        due_day,
        cast(date_trunc('month', due_day) as date) as due_month
    from ref.calendar
),
grouped as (
    select
        petitions.row_month,
        petitions.batch,
        petitions.region_id,
        coalesce(petitions.field, '未填') as field,
        coalesce(petitions.category, '未填') as category,
        coalesce(petitions.channel, '未填') as came_by,
        coalesce(petitions.case_type, '未填') as case_type,
        coalesce(petitions.case_type, '') not in ('检举控告', '其他') as counted,
        petitions.repeat_flag = '重件' as repeated,
        case when petitions.closed_date <= closing.due_day then null else closing.due_month end as overdue_month,
        count(*) as amount
    from src.petitions as petitions
    cross join ref.parameter as parameter
    left join closing
        on petitions.accepted_date
        + parameter.close_days
        + case when petitions.extended then parameter.close_extension_days else 0 end
        = closing.day
        and petitions.procedure = 6
    group by all
),
tested as (
    select row_month, batch, region_id, field, category, came_by, case_type, row_month as period,
        'petition_volume' as channel, amount
    from grouped
    where row_month is not null
    union all
    select row_month, batch, region_id, field, category, came_by, case_type, row_month, 'petitions_repeated', amount
    from grouped
    where row_month is not null and counted and repeated
    union all
    select row_month, batch, region_id, field, category, came_by, case_type, overdue_month,
        'petition_closings_overdue', amount
    from grouped
    where counted and overdue_month is not null
),
described as (
    select row_month, batch, region_id, period, channel, 'field' as attribute, field as value, amount from tested
    union all
    select row_month, batch, region_id, period, channel, 'category', category, amount from tested
    union all
    select row_month, batch, region_id, period, channel, 'channel', came_by, amount from tested
    union all
    select row_month, batch, region_id, period, channel, 'case_type', case_type, amount from tested
)
select
    row_month,
    batch,
    region_id,
    period,
    channel,
    attribute,
    value,
    sum(amount) as amount
from described
group by row_month, batch, region_id, period, channel, attribute, value

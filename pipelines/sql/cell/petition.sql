-- Petition counts by the month of the store they were registered in, batch, unit and the month each count belongs to.
-- grain: row_month, batch, region_id, period, measure
-- Additive over any split of the rows, so a month is counted once and kept (pipelines/cells.py). Duties belong to the month
-- they fall due (due dates roll to the next working day through ref.calendar), the rest to the month of registration. All
-- 申诉求决 and 建议意见 enter; 检举控告 and 其他 are in `petition_volume` only. Whether a batch's file gave the columns
-- of a count is not asked here: core.petition_flow does. Rows are grouped once, by every month they count in: the four
-- counts are sums over those few groups. A yes is 1 and a no null, because counting what is there is the cheapest sum.
with deadline as (
    select
        day,
        due_day,
        cast(date_trunc('month', due_day) as date) as due_month
    from ref.calendar
),
judged as (
    select
        petitions.row_month,
        petitions.batch,
        petitions.region_id,
        petitions.case_type in ('检举控告', '其他') as uncounted,
        transfer.due_month as transfer_month,
        reply.due_month as reply_month,
        closing.due_month as closing_month,
        case when petitions.repeat_flag = '重件' then 1 end as repeated,
        case when petitions.evaluable then 1 end as evaluable,
        case when petitions.evaluable and petitions.eval_unit <> '未评价' then 1 end as evaluated,
        case
            when petitions.eval_unit <> '未评价' and coalesce(petitions.repeat_flag, '初件') = '初件' then 1
        end as rated,
        case
            when petitions.eval_unit in ('满意', '基本满意') and coalesce(petitions.repeat_flag, '初件') = '初件' then 1
        end as satisfied,
        case when petitions.recheck_result is not null or petitions.review_result is not null then 1 end as reviewed,
        case
            when petitions.recheck_result in ('变更', '撤销') or petitions.review_result in ('变更', '撤销') then 1
        end as changed,
        case when petitions.transferred_date <= transfer.due_day then 1 end as transferred_on_time,
        case when petitions.informed_date <= reply.due_day then 1 end as informed_on_time,
        case when petitions.closed_date <= closing.due_day then 1 end as closed_on_time
    from src.petitions as petitions
    cross join ref.parameter as parameter
    left join deadline as transfer on petitions.registered_date + parameter.transfer_days = transfer.day
    left join deadline as reply
        on petitions.unit_received_date + parameter.inform_days = reply.day
        and not coalesce(petitions.returned, false)
        and petitions.not_accepted_reason is null
    left join deadline as closing
        on petitions.accepted_date
        + parameter.close_days
        + case when petitions.extended then parameter.close_extension_days else 0 end
        = closing.day
        and petitions.procedure = 6
),
grouped as (
    select
        row_month,
        batch,
        region_id,
        not coalesce(uncounted, false) as counted,
        transfer_month,
        reply_month,
        closing_month,
        count(*) as volume,
        count(repeated) as repeated,
        count(evaluable) as evaluable,
        count(evaluated) as evaluated,
        count(rated) as rated,
        count(satisfied) as satisfied,
        count(reviewed) as reviewed,
        count(changed) as changed,
        count(transferred_on_time) as transferred_on_time,
        count(informed_on_time) as informed_on_time,
        count(closed_on_time) as closed_on_time
    from judged
    group by row_month, batch, region_id, uncounted, transfer_month, reply_month, closing_month
),
registration as (
    select
        row_month,
        batch,
        region_id,
        sum(volume) as volume,
        sum(case when counted then volume else 0 end) as registered,
        sum(case when counted then repeated else 0 end) as repeated,
        sum(case when counted then evaluable else 0 end) as evaluable,
        sum(case when counted then evaluated else 0 end) as evaluated,
        sum(case when counted then rated else 0 end) as rated,
        sum(case when counted then satisfied else 0 end) as satisfied,
        sum(case when counted then reviewed else 0 end) as reviewed,
        sum(case when counted then changed else 0 end) as changed
    from grouped
    group by row_month, batch, region_id
),
transfer as (
    select row_month, batch, region_id, transfer_month as period, sum(volume) as due, sum(transferred_on_time) as on_time
    from grouped
    where counted and transfer_month is not null
    group by row_month, batch, region_id, transfer_month
),
reply as (
    select row_month, batch, region_id, reply_month as period, sum(volume) as due, sum(informed_on_time) as on_time
    from grouped
    where counted and reply_month is not null
    group by row_month, batch, region_id, reply_month
),
closing as (
    select row_month, batch, region_id, closing_month as period, sum(volume) as due, sum(closed_on_time) as on_time
    from grouped
    where counted and closing_month is not null
    group by row_month, batch, region_id, closing_month
)
select row_month, batch, region_id, row_month as period, 'petition_volume' as measure, volume as amount
from registration
union all
select row_month, batch, region_id, row_month, 'petitions_registered', registered from registration
union all
select row_month, batch, region_id, row_month, 'petitions_repeated', repeated from registration
union all
select row_month, batch, region_id, row_month, 'petitions_evaluable', evaluable from registration
union all
select row_month, batch, region_id, row_month, 'petitions_evaluated', evaluated from registration
union all
select row_month, batch, region_id, row_month, 'petitions_rated', rated from registration
union all
select row_month, batch, region_id, row_month, 'petitions_satisfied', satisfied from registration
union all
select row_month, batch, region_id, row_month, 'petitions_reviewed', reviewed from registration
union all
select row_month, batch, region_id, row_month, 'petitions_changed', changed from registration
union all
select row_month, batch, region_id, period, 'petition_transfers_due', due from transfer
union all
select row_month, batch, region_id, period, 'petition_transfers_on_time', on_time from transfer
union all
select row_month, batch, region_id, period, 'petition_replies_due', due from reply
union all
select row_month, batch, region_id, period, 'petition_replies_on_time', on_time from reply
union all
select row_month, batch, region_id, period, 'petition_closings_due', due from closing
union all
select row_month, batch, region_id, period, 'petition_closings_on_time', on_time from closing

-- Petition counts by the month of the store they were registered in, batch, unit and the month each count belongs to.
-- grain: row_month, batch, region_id, period, measure
-- Additive over any split of the rows, so a month is counted once and kept (pipelines/cells.py). Duties belong to the month
-- they fall due (due dates roll to the next working day through ref.calendar), the rest to the month of registration. All
-- 申诉求决 and 建议意见 enter; 检举控告 and 其他 are in `petition_volume` only. Whether a batch's file gave the columns
-- of a count is not asked here: core.petition_flow does. Rows are read once and become flags of one byte: four sums over
-- those cost a tenth of reading the rows four times.
with judged as (
    select
        cast(date_trunc('month', petitions.period_date) as date) as row_month,
        petitions.batch,
        petitions.region_id,
        coalesce(petitions.case_type, '') not in ('检举控告', '其他') as counted,
        petitions.repeat_flag = '重件' as repeated,
        coalesce(petitions.repeat_flag, '初件') = '初件' as first_petition,
        petitions.evaluable,
        petitions.eval_unit <> '未评价' as rated,
        petitions.eval_unit in ('满意', '基本满意') as satisfied,
        petitions.recheck_result is not null or petitions.review_result is not null as reviewed,
        petitions.recheck_result in ('变更', '撤销') or petitions.review_result in ('变更', '撤销') as changed,
        transfer.due_day as transfer_due,
        petitions.transferred_date <= transfer.due_day as transferred_on_time,
        reply.due_day as reply_due,
        petitions.informed_date <= reply.due_day as informed_on_time,
        closing.due_day as closing_due,
        petitions.closed_date <= closing.due_day as closed_on_time
    from src.petitions as petitions
    cross join ref.parameter as parameter
    left join ref.calendar as transfer on petitions.registered_date + parameter.transfer_days = transfer.day
    left join ref.calendar as reply
        on petitions.unit_received_date + parameter.inform_days = reply.day
        and not coalesce(petitions.returned, false)
        and petitions.not_accepted_reason is null
    left join ref.calendar as closing
        on petitions.accepted_date
        + parameter.close_days
        + case when petitions.extended then parameter.close_extension_days else 0 end
        = closing.day
        and petitions.procedure = 6
),
flagged as (
    select
        row_month,
        batch,
        region_id,
        cast(date_trunc('month', transfer_due) as date) as transfer_month,
        cast(date_trunc('month', reply_due) as date) as reply_month,
        cast(date_trunc('month', closing_due) as date) as closing_month,
        counted,
        cast(case when counted then 1 else 0 end as tinyint) as registered,
        cast(case when counted and repeated then 1 else 0 end as tinyint) as repeated,
        cast(case when counted and evaluable then 1 else 0 end as tinyint) as evaluable,
        cast(case when counted and evaluable and rated then 1 else 0 end as tinyint) as evaluated,
        cast(case when counted and rated and first_petition then 1 else 0 end as tinyint) as rated,
        cast(case when counted and satisfied and first_petition then 1 else 0 end as tinyint) as satisfied,
        cast(case when counted and reviewed then 1 else 0 end as tinyint) as reviewed,
        cast(case when counted and changed then 1 else 0 end as tinyint) as changed,
        cast(case when transferred_on_time then 1 else 0 end as tinyint) as transferred_on_time,
        cast(case when informed_on_time then 1 else 0 end as tinyint) as informed_on_time,
        cast(case when closed_on_time then 1 else 0 end as tinyint) as closed_on_time
    from judged
),
registration as (
    select
        row_month,
        batch,
        region_id,
        count(*) as volume,
        sum(registered) as registered,
        sum(repeated) as repeated,
        sum(evaluable) as evaluable,
        sum(evaluated) as evaluated,
        sum(rated) as rated,
        sum(satisfied) as satisfied,
        sum(reviewed) as reviewed,
        sum(changed) as changed
    from flagged
    group by row_month, batch, region_id
),
transfer as (
    select row_month, batch, region_id, transfer_month as period, count(*) as due, sum(transferred_on_time) as on_time
    from flagged
    where counted and transfer_month is not null
    group by row_month, batch, region_id, transfer_month
),
reply as (
    select row_month, batch, region_id, reply_month as period, count(*) as due, sum(informed_on_time) as on_time
    from flagged
    where counted and reply_month is not null
    group by row_month, batch, region_id, reply_month
),
closing as (
    select row_month, batch, region_id, closing_month as period, count(*) as due, sum(closed_on_time) as on_time
    from flagged
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

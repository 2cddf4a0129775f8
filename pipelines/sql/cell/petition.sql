-- Petition counts by the month of the store they were registered in, batch, unit and the month each count belongs to.
-- grain: row_month, batch, region_id, period, measure
-- Additive over any split of the rows, so a month is counted once and kept (pipelines/cells.py). Duties belong to the month
-- they fall due (due dates roll to the next working day through ref.calendar), the rest to the month of registration. All
-- 申诉求决 and 建议意见 enter; 检举控告 and 其他 are in `petition_volume` only. Whether a batch's file gave the columns
-- of a count is not asked here: core.petition_flow does.
with volume as (
    select
        cast(date_trunc('month', period_date) as date) as row_month,
        batch,
        region_id,
        count(*) as amount
    from src.petitions
    group by cast(date_trunc('month', period_date) as date), batch, region_id
),
registered as (
    select
        cast(date_trunc('month', period_date) as date) as row_month,
        batch,
        region_id,
        count(*) as registered,
        sum(case when repeat_flag = '重件' then 1 else 0 end) as repeated,
        sum(case when evaluable then 1 else 0 end) as evaluable,
        sum(case when evaluable and eval_unit <> '未评价' then 1 else 0 end) as evaluated,
        sum(case when eval_unit <> '未评价' and coalesce(repeat_flag, '初件') = '初件' then 1 else 0 end) as rated,
        sum(case
            when eval_unit in ('满意', '基本满意') and coalesce(repeat_flag, '初件') = '初件' then 1
            else 0
        end) as satisfied,
        sum(case when recheck_result is not null or review_result is not null then 1 else 0 end) as reviewed,
        sum(case
            when recheck_result in ('变更', '撤销') or review_result in ('变更', '撤销') then 1
            else 0
        end) as changed
    from src.petitions
    where coalesce(case_type, '') not in ('检举控告', '其他')
    group by cast(date_trunc('month', period_date) as date), batch, region_id
),
transfer as (
    select
        cast(date_trunc('month', petitions.period_date) as date) as row_month,
        petitions.batch,
        petitions.region_id,
        cast(date_trunc('month', calendar.due_day) as date) as period,
        count(*) as due,
        sum(case when petitions.transferred_date <= calendar.due_day then 1 else 0 end) as on_time
    from src.petitions as petitions
    cross join ref.parameter as parameter
    inner join ref.calendar as calendar on petitions.registered_date + parameter.transfer_days = calendar.day
    where coalesce(petitions.case_type, '') not in ('检举控告', '其他')
    group by
        cast(date_trunc('month', petitions.period_date) as date),
        petitions.batch,
        petitions.region_id,
        cast(date_trunc('month', calendar.due_day) as date)
),
inform as (
    select
        cast(date_trunc('month', petitions.period_date) as date) as row_month,
        petitions.batch,
        petitions.region_id,
        cast(date_trunc('month', calendar.due_day) as date) as period,
        count(*) as due,
        sum(case when petitions.informed_date <= calendar.due_day then 1 else 0 end) as on_time
    from src.petitions as petitions
    cross join ref.parameter as parameter
    inner join ref.calendar as calendar on petitions.unit_received_date + parameter.inform_days = calendar.day
    where
        coalesce(petitions.case_type, '') not in ('检举控告', '其他')
        and not coalesce(petitions.returned, false)
        and petitions.not_accepted_reason is null
    group by
        cast(date_trunc('month', petitions.period_date) as date),
        petitions.batch,
        petitions.region_id,
        cast(date_trunc('month', calendar.due_day) as date)
),
closing as (
    select
        cast(date_trunc('month', petitions.period_date) as date) as row_month,
        petitions.batch,
        petitions.region_id,
        cast(date_trunc('month', calendar.due_day) as date) as period,
        count(*) as due,
        sum(case when petitions.closed_date <= calendar.due_day then 1 else 0 end) as on_time
    from src.petitions as petitions
    cross join ref.parameter as parameter
    inner join ref.calendar as calendar
        on petitions.accepted_date
        + parameter.close_days
        + case when petitions.extended then parameter.close_extension_days else 0 end
        = calendar.day
    where
        coalesce(petitions.case_type, '') not in ('检举控告', '其他')
        and petitions.procedure = 6
    group by
        cast(date_trunc('month', petitions.period_date) as date),
        petitions.batch,
        petitions.region_id,
        cast(date_trunc('month', calendar.due_day) as date)
)
select row_month, batch, region_id, row_month as period, 'petition_volume' as measure, amount from volume
union all
select row_month, batch, region_id, row_month, 'petitions_registered', registered from registered
union all
select row_month, batch, region_id, row_month, 'petitions_repeated', repeated from registered
union all
select row_month, batch, region_id, row_month, 'petitions_evaluable', evaluable from registered
union all
select row_month, batch, region_id, row_month, 'petitions_evaluated', evaluated from registered
union all
select row_month, batch, region_id, row_month, 'petitions_rated', rated from registered
union all
select row_month, batch, region_id, row_month, 'petitions_satisfied', satisfied from registered
union all
select row_month, batch, region_id, row_month, 'petitions_reviewed', reviewed from registered
union all
select row_month, batch, region_id, row_month, 'petitions_changed', changed from registered
union all
select row_month, batch, region_id, period, 'petition_transfers_due', due from transfer
union all
select row_month, batch, region_id, period, 'petition_transfers_on_time', on_time from transfer
union all
select row_month, batch, region_id, period, 'petition_replies_due', due from inform
union all
select row_month, batch, region_id, period, 'petition_replies_on_time', on_time from inform
union all
select row_month, batch, region_id, period, 'petition_closings_due', due from closing
union all
select row_month, batch, region_id, period, 'petition_closings_on_time', on_time from closing

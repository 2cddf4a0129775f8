-- Petition counts by unit and month, additive over any split of the rows: duties by the month they fall due, the rest by registration.
-- grain: region_id, period, measure
-- All 申诉求决 and 建议意见 enter; 检举控告 and 其他 are in `petition_volume` only. A case enters a duty only where its
-- file gave the columns of that duty. Due dates roll to the next working day through ref.calendar.
with provided as (
    select
        batch,
        max(case when indicator_id = 'petition_transferred_on_time' and provided then 1 else 0 end) = 1 as transferred,
        max(case when indicator_id = 'petition_informed_on_time' and provided then 1 else 0 end) = 1 as informed,
        max(case when indicator_id = 'petition_closed_on_time' and provided then 1 else 0 end) = 1 as closed,
        max(case when indicator_id = 'petition_satisfied' and provided then 1 else 0 end) = 1 as satisfied,
        max(case when indicator_id = 'petition_evaluated' and provided then 1 else 0 end) = 1 as evaluated,
        max(case when indicator_id = 'petition_repeat' and provided then 1 else 0 end) = 1 as repeated,
        max(case when indicator_id = 'petition_changed' and provided then 1 else 0 end) = 1 as changed
    from core.provision
    group by batch
),
volume as (
    select
        region_id,
        cast(date_trunc('month', period_date) as date) as period,
        count(*) as amount
    from src.petitions
    group by region_id, cast(date_trunc('month', period_date) as date)
),
registered as (
    select
        petitions.region_id,
        cast(date_trunc('month', petitions.period_date) as date) as period,
        sum(case when provided.repeated then 1 else 0 end) as registered,
        sum(case when provided.repeated and petitions.repeat_flag = '重件' then 1 else 0 end) as repeated,
        sum(case when provided.evaluated and petitions.evaluable then 1 else 0 end) as evaluable,
        sum(case
            when provided.evaluated and petitions.evaluable and petitions.eval_unit <> '未评价' then 1
            else 0
        end) as evaluated,
        sum(case
            when
                provided.satisfied
                and petitions.eval_unit <> '未评价'
                and coalesce(petitions.repeat_flag, '初件') = '初件' then 1
            else 0
        end) as rated,
        sum(case
            when
                provided.satisfied
                and petitions.eval_unit in ('满意', '基本满意')
                and coalesce(petitions.repeat_flag, '初件') = '初件' then 1
            else 0
        end) as satisfied,
        sum(case
            when
                provided.changed
                and (petitions.recheck_result is not null or petitions.review_result is not null) then 1
            else 0
        end) as reviewed,
        sum(case
            when
                provided.changed
                and (petitions.recheck_result in ('变更', '撤销') or petitions.review_result in ('变更', '撤销')) then 1
            else 0
        end) as changed
    from src.petitions as petitions
    inner join provided on petitions.batch = provided.batch
    where coalesce(petitions.case_type, '') not in ('检举控告', '其他')
    group by petitions.region_id, cast(date_trunc('month', petitions.period_date) as date)
),
transfer as (
    select
        petitions.region_id,
        cast(date_trunc('month', calendar.due_day) as date) as period,
        count(*) as due,
        sum(case when petitions.transferred_date <= calendar.due_day then 1 else 0 end) as on_time
    from src.petitions as petitions
    inner join provided on petitions.batch = provided.batch and provided.transferred
    cross join ref.parameter as parameter
    inner join ref.calendar as calendar on petitions.registered_date + parameter.transfer_days = calendar.day
    where coalesce(petitions.case_type, '') not in ('检举控告', '其他')
    group by petitions.region_id, cast(date_trunc('month', calendar.due_day) as date)
),
inform as (
    select
        petitions.region_id,
        cast(date_trunc('month', calendar.due_day) as date) as period,
        count(*) as due,
        sum(case when petitions.informed_date <= calendar.due_day then 1 else 0 end) as on_time
    from src.petitions as petitions
    inner join provided on petitions.batch = provided.batch and provided.informed
    cross join ref.parameter as parameter
    inner join ref.calendar as calendar on petitions.unit_received_date + parameter.inform_days = calendar.day
    where
        coalesce(petitions.case_type, '') not in ('检举控告', '其他')
        and not coalesce(petitions.returned, false)
        and petitions.not_accepted_reason is null
    group by petitions.region_id, cast(date_trunc('month', calendar.due_day) as date)
),
closing as (
    select
        petitions.region_id,
        cast(date_trunc('month', calendar.due_day) as date) as period,
        count(*) as due,
        sum(case when petitions.closed_date <= calendar.due_day then 1 else 0 end) as on_time
    from src.petitions as petitions
    inner join provided on petitions.batch = provided.batch and provided.closed
    cross join ref.parameter as parameter
    inner join ref.calendar as calendar
        on petitions.accepted_date
        + parameter.close_days
        + case when petitions.extended then parameter.close_extension_days else 0 end
        = calendar.day
    where
        coalesce(petitions.case_type, '') not in ('检举控告', '其他')
        and petitions.procedure = 6
    group by petitions.region_id, cast(date_trunc('month', calendar.due_day) as date)
)
select region_id, period, 'petition_volume' as measure, amount from volume
union all
select region_id, period, 'petitions_registered', registered from registered
union all
select region_id, period, 'petitions_repeated', repeated from registered
union all
select region_id, period, 'petitions_evaluable', evaluable from registered
union all
select region_id, period, 'petitions_evaluated', evaluated from registered
union all
select region_id, period, 'petitions_rated', rated from registered
union all
select region_id, period, 'petitions_satisfied', satisfied from registered
union all
select region_id, period, 'petitions_reviewed', reviewed from registered
union all
select region_id, period, 'petitions_changed', changed from registered
union all
select region_id, period, 'petition_transfers_due', due from transfer
union all
select region_id, period, 'petition_transfers_on_time', on_time from transfer
union all
select region_id, period, 'petition_replies_due', due from inform
union all
select region_id, period, 'petition_replies_on_time', on_time from inform
union all
select region_id, period, 'petition_closings_due', due from closing
union all
select region_id, period, 'petition_closings_on_time', on_time from closing

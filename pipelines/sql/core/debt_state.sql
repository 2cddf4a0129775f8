-- Whether the debt of a region is reported: one state per source, region and period that some window asks about.
-- grain: source, region_id, period
-- States: reported, not_due (the last day to report has not passed), before_data (the source begins later),
-- not_reported, source_absent (nothing of the source, or a zone that never reported any).
-- `state` is of the amounts, where a 全辖 row may stand in; `units_state` asks every unit for its own debt.
-- `due_day` is the last day to report; `not_provided` says that some unit's row comes from a file without the
-- dates that publication is judged by.
with asked as (
    select distinct
        'debt_balance' as source,
        'balance_general' as amount,
        quarter_period as period
    from core.debt_month
    union all
    select distinct
        'debt_year',
        'fiscal_capacity',
        year_period
    from core.debt_month
),
zone_started as (
    select
        debt.source,
        debt.region_id,
        min(debt.period) as first_period
    from core.debt_row as debt
    inner join ref.region as region on debt.region_id = region.region_id and region.region_level = 'zone'
    group by debt.source, debt.region_id
),
dated as (
    select
        asked.source,
        asked.amount,
        asked.period,
        case
            when asked.source = 'debt_year' then make_date(
                cast(extract(year from asked.period) as integer) + 1,
                parameter.debt_year_due_month,
                parameter.debt_year_due_day
            )
            else cast(asked.period + interval '1 month' as date) - 1 + parameter.debt_quarter_due_days
        end as due_day
    from asked
    cross join ref.parameter as parameter
),
unprovided as (
    select distinct
        debt.source,
        rollup.region_id,
        debt.period
    from core.debt_row as debt
    inner join ref.rollup as rollup on debt.region_id = rollup.unit_id
    inner join core.provision as provision
        on debt.batch = provision.batch
        and provision.indicator_id = 'debt_disclosed_on_time'
    where not provision.provided
),
cell as (
    select
        dated.source,
        region.region_id,
        region.region_level,
        dated.period,
        dated.due_day,
        found.value_fen is not null as is_reported,
        found.value_fen is not null and found.units_reported = found.units_due as are_units_reported,
        unprovided.period is not null as not_provided,
        case
            when started.first_period is null then 'source_absent'
            when region.region_level = 'zone' and coalesce(zone_started.first_period > dated.period, true)
                then 'source_absent'
            when dated.period < started.first_period then 'before_data'
            when dated.due_day >= context.as_of then 'not_due'
            else 'not_reported'
        end as otherwise
    from dated
    cross join ref.region as region
    cross join run.context as context
    left join core.debt_start as started on dated.source = started.source
    left join zone_started
        on dated.source = zone_started.source
        and region.region_id = zone_started.region_id
    left join core.debt_region as found
        on dated.amount = found.amount
        and dated.period = found.period
        and region.region_id = found.region_id
    left join unprovided
        on dated.source = unprovided.source
        and dated.period = unprovided.period
        and region.region_id = unprovided.region_id
)
select
    source,
    region_id,
    period,
    due_day,
    case when is_reported then 'reported' else otherwise end as state,
    case when are_units_reported then 'reported' else otherwise end as units_state,
    not_provided
from cell

-- Units whose debt row of a quarter or year is not there, and whether the prefecture's 全辖 row stands in for them.
-- grain: source, region_id, debt_period
-- `debt_period` is the first day of the quarter's last month, of a year its December; `due_day` the last day to report.
-- `state` is not_reported or, while that day has not passed, not_due.
with anchor as (
    select
        case when amount = 'balance_general' then 'debt_balance' else 'debt_year' end as source,
        region_id,
        period,
        basis
    from core.debt_region
    where amount in ('balance_general', 'fiscal_capacity')
)
select
    state.source,
    state.region_id,
    region.region_level,
    region.parent_id,
    state.period as debt_period,
    state.due_day,
    state.state,
    coalesce(anchor.basis = 'whole', false) as stood_in
from core.debt_state as state
inner join ref.region as region
    on state.region_id = region.region_id
    and region.region_level in ('county', 'own', 'zone')
left join anchor
    on state.source = anchor.source
    and region.parent_id = anchor.region_id
    and state.period = anchor.period
where state.state in ('not_reported', 'not_due')

-- Measures of every region and window: flows summed over the window, stocks at its end, distinct bodies counted by window.
-- grain: region_id, window_kind, period, measure
-- Debt comes as it stands for each region (core.debt_measure), its publications are summed like flows.
-- `value` covers what was reported; whether that is the whole window is decided in mart.indicator_value.
with flow as (
    select
        at_end.region_id,
        w.window_kind,
        w.period,
        at_end.measure,
        case
            when at_end.months_to_date > coalesce(before.months_to_date, 0)
                then at_end.value_to_date - coalesce(before.value_to_date, 0.0)
        end as value
    from core.window as w
    inner join core.region_measure as at_end on w.period = at_end.period
    inner join ref.measure as measure on at_end.measure = measure.measure and measure.kind = 'flow'
    left join core.region_measure as before
        on at_end.region_id = before.region_id
        and at_end.measure = before.measure
        and before.period = cast(w.first_month - interval '1 month' as date)
),
stock as (
    select
        at_end.region_id,
        w.window_kind,
        w.period,
        at_end.measure,
        at_end.value
    from core.window as w
    inner join core.region_measure as at_end on w.period = at_end.period
    inner join ref.measure as measure on at_end.measure = measure.measure and measure.kind = 'stock'
),
publication as (
    select
        region.region_id,
        w.window_kind,
        w.period,
        coalesce(sum(disclosure.disclosures_due), 0) as due,
        coalesce(sum(disclosure.disclosures_on_time), 0) as on_time
    from core.window as w
    cross join ref.region as region
    left join core.debt_disclosure as disclosure
        on region.region_id = disclosure.region_id
        and disclosure.period between w.first_month and w.period
    group by region.region_id, w.window_kind, w.period
),
relapsed as (
    select
        rollup.region_id,
        relapse.window_kind,
        relapse.period,
        sum(relapse.relapsed_bodies) as bodies
    from core.relapse as relapse
    inner join ref.rollup as rollup on relapse.region_id = rollup.unit_id
    group by rollup.region_id, relapse.window_kind, relapse.period
)
select region_id, window_kind, period, measure, value from flow
union all
select region_id, window_kind, period, measure, value from stock
union all
select
    debt.region_id,
    w.window_kind,
    w.period,
    debt.measure,
    debt.value
from core.window as w
inner join core.debt_measure as debt on w.period = debt.period
union all
select region_id, window_kind, period, 'debt_disclosures_due', cast(due as double) from publication
union all
select region_id, window_kind, period, 'debt_disclosures_on_time', cast(on_time as double) from publication
union all
-- Every window of failures gets its count: no relapse on file is zero, and coverage decides whether it may be shown.
select
    stock.region_id,
    stock.window_kind,
    stock.period,
    'relapsed_bodies',
    cast(coalesce(relapsed.bodies, 0) as double)
from stock
left join relapsed
    on stock.region_id = relapsed.region_id
    and stock.window_kind = relapsed.window_kind
    and stock.period = relapsed.period
where stock.measure = 'gov_bodies'

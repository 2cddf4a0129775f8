-- Whether every debt indicator can be known for a region and window, and if not why; how many reports are due, how many absent.
-- grain: region_id, window_kind, period, indicator_id
-- Amounts need the one quarter or year the window speaks of; publication needs every unit's report whose last day lies
-- in the window. The gravest reason is named: no source, columns never given, before the data begin, not reported,
-- not yet due. A report is a quarter or a year of one source.
with point as (
    select
        indicator.indicator_id,
        measure.source,
        max(case when measure.measure in ('debt_balance', 'debt_limit') then 1 else 0 end) as is_quarter
    from ref.indicator as indicator
    inner join ref.measure as measure
        on (indicator.numerator = measure.measure or indicator.denominator = measure.measure)
        and measure.kind = 'stock'
    where indicator.source in ('debt_balance', 'debt_year')
    group by indicator.indicator_id, measure.source
),
amount as (
    select
        state.region_id,
        w.window_kind,
        w.period,
        point.indicator_id,
        state.state,
        1 as reports
    from core.window as w
    inner join core.debt_month as month on w.period = month.month
    cross join point
    inner join core.debt_state as state
        on point.source = state.source
        and state.period = case when point.is_quarter = 1 then month.quarter_period else month.year_period end
),
publication as (
    select
        state.region_id,
        w.window_kind,
        w.period,
        'debt_disclosed_on_time' as indicator_id,
        case
            when state.units_state = 'reported' and state.not_provided then 'not_provided'
            else state.units_state
        end as state,
        1 as reports
    from core.window as w
    inner join core.debt_state as state
        on state.due_day >= w.first_month
        and state.due_day < cast(w.period + interval '1 month' as date)
),
-- A month in which no report falls due has still to lie within the data.
started as (
    select min(first_period) as first_period from core.debt_start
),
data_start as (
    select
        region.region_id,
        w.window_kind,
        w.period,
        'debt_disclosed_on_time' as indicator_id,
        case
            when started.first_period is null then 'source_absent'
            when w.first_month < started.first_period then 'before_data'
            else 'reported'
        end as state,
        0 as reports
    from core.window as w
    cross join ref.region as region
    cross join started
),
asked as (
    select * from amount
    union all
    select * from publication
    union all
    select * from data_start
),
ranked as (
    select
        region_id,
        window_kind,
        period,
        indicator_id,
        sum(reports) as reports_due,
        sum(case when state in ('reported', 'not_provided') then 0 else reports end) as reports_missing,
        min(case state
            when 'source_absent' then 1
            when 'not_provided' then 2
            when 'before_data' then 3
            when 'not_reported' then 4
            when 'not_due' then 5
            else 6
        end) as gravity
    from asked
    group by region_id, window_kind, period, indicator_id
)
select
    region_id,
    window_kind,
    period,
    indicator_id,
    cast(reports_due as integer) as reports_due,
    cast(reports_missing as integer) as reports_missing,
    case gravity
        when 1 then 'source_absent'
        when 2 then 'not_provided'
        when 3 then 'before_data'
        when 4 then 'not_reported'
        when 5 then 'not_due'
    end as missing_reason
from ranked

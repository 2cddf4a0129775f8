-- Every indicator of every region and window, before windows are compared: a value, not applicable, or missing and why.
-- grain: region_id, window_kind, period, indicator_id
-- Windows of years to be made and of the year before each (core.window); mart.indicator_value publishes those to be made.
-- Missing is never zero: one month or unit that did not report makes the value missing, and what the others show
-- stands apart in `partial_value`. Not applicable means reported, and no case.
-- How far back reporting must be complete is the window itself or, where it is longer, the indicator's own look-back.
-- Debt is reported by quarter and year: there core.debt_gap says what is missing, and `months_due` and `months_missing`
-- count the reports asked for.
with gap as (
    select
        petition_gap.indicator_id,
        petition_gap.region_id,
        w.window_kind,
        w.period,
        count(*) as months
    from core.petition_gap as petition_gap
    inner join core.window as w on petition_gap.period between w.first_month and w.period
    group by petition_gap.indicator_id, petition_gap.region_id, w.window_kind, w.period
),
lookback as (
    select
        w.window_kind,
        w.period,
        w.previous_period,
        w.year_ago_period,
        indicator.indicator_id,
        indicator.source,
        indicator.kind,
        indicator.numerator,
        indicator.denominator,
        indicator.scale,
        cast(greatest(w.months, coalesce(indicator.coverage_months, w.months)) as integer) as months_due
    from core.window as w
    cross join ref.indicator as indicator
),
asked as (
    select
        lookback.*,
        cast(lookback.period - lookback.months_due * interval '1 month' as date) as month_before
    from lookback
),
cell as (
    select
        region.region_id,
        region.region_level,
        asked.window_kind,
        asked.period,
        asked.previous_period,
        asked.year_ago_period,
        asked.indicator_id,
        numerator.value as numerator,
        denominator.value as denominator,
        asked.denominator = 'gov_bodies'
        and (
            coalesce(exposure_gap.units_without_bodies, 0) > 0
            or (region.region_level = 'zone' and denominator.value is null)
        ) as no_exposure,
        case
            when asked.denominator is null then numerator.value * asked.scale
            else numerator.value / nullif(denominator.value, 0.0) * asked.scale
        end as ratio,
        coalesce(debt.reports_due, asked.months_due) as months_due,
        coalesce(debt.reports_missing, at_end.months_missing_to_date - coalesce(before.months_missing_to_date, 0))
            as months_missing,
        at_end.units_pending > 0 as provisional,
        source_start.first_month > cast(asked.month_before + interval '1 month' as date) as before_data,
        source_start.first_month is null as source_absent,
        not coalesce(given.provided, false) as not_provided,
        coalesce(gap.months, 0) as gap_months,
        debt.indicator_id is not null as is_debt,
        debt.missing_reason as debt_reason
    from ref.region as region
    cross join asked
    left join core.window_measure as numerator
        on region.region_id = numerator.region_id
        and asked.window_kind = numerator.window_kind
        and asked.period = numerator.period
        and asked.numerator = numerator.measure
    left join core.window_measure as denominator
        on region.region_id = denominator.region_id
        and asked.window_kind = denominator.window_kind
        and asked.period = denominator.period
        and asked.denominator = denominator.measure
    left join core.exposure_gap as exposure_gap
        on region.region_id = exposure_gap.region_id
        and asked.period = exposure_gap.period
    left join core.region_coverage as at_end
        on asked.source = at_end.source
        and region.region_id = at_end.region_id
        and asked.period = at_end.month
    left join core.region_coverage as before
        on asked.source = before.source
        and region.region_id = before.region_id
        and asked.month_before = before.month
    left join core.source_start as source_start on asked.source = source_start.source
    left join core.given_indicator as given on asked.indicator_id = given.indicator_id
    left join gap
        on asked.indicator_id = gap.indicator_id
        and region.region_id = gap.region_id
        and asked.window_kind = gap.window_kind
        and asked.period = gap.period
    left join core.debt_gap as debt
        on asked.indicator_id = debt.indicator_id
        and region.region_id = debt.region_id
        and asked.window_kind = debt.window_kind
        and asked.period = debt.period
),
judged as (
    select
        cell.*,
        case
            when is_debt then debt_reason
            when source_absent then 'source_absent'
            when not_provided or gap_months > 0 then 'not_provided'
            when no_exposure then 'no_exposure'
            when before_data then 'before_data'
            when months_missing > 0 then 'not_reported'
        end as missing_reason
    from cell
),
valued as (
    select
        judged.*,
        case
            when missing_reason is not null then 'missing'
            when ratio is null then 'not_applicable'
            else 'value'
        end as status
    from judged
)
select
    region_id,
    region_level,
    window_kind,
    period,
    previous_period,
    year_ago_period,
    indicator_id,
    numerator,
    denominator,
    case when missing_reason is null then round(ratio, 9) end as value,
    case when missing_reason in ('not_reported', 'before_data') then round(ratio, 9) end as partial_value,
    status,
    missing_reason,
    months_due,
    cast(months_missing as integer) as months_missing,
    coalesce(provisional, false) as provisional
from valued

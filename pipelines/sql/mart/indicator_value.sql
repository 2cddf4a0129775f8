-- Every indicator of every region and window, with 同比 and 环比: a value, not applicable, or missing and why.
-- grain: region_id, window_kind, period, indicator_id
-- Missing is never zero: one month or unit that did not report makes the value missing, and what the others show
-- stands apart in `partial_value`. Not applicable means reported, and no case. Changes are differences in the
-- indicator's own unit and exist only between two values.
with cell as (
    select
        region.region_id,
        region.region_level,
        w.window_kind,
        w.period,
        w.previous_period,
        w.year_ago_period,
        indicator.indicator_id,
        indicator.kind,
        numerator.value as numerator,
        denominator.value as denominator,
        indicator.denominator = 'gov_bodies'
        and (
            coalesce(exposure_gap.units_without_bodies, 0) > 0
            or (region.region_level = 'zone' and denominator.value is null)
        ) as no_exposure,
        case
            when indicator.kind = 'count' then numerator.value
            else numerator.value / nullif(denominator.value, 0.0) * indicator.scale
        end as ratio,
        cast(greatest(w.months, coalesce(indicator.coverage_months, w.months)) as integer) as months_due,
        at_end.months_missing_to_date - coalesce(before.months_missing_to_date, 0) as months_missing,
        at_end.units_pending > 0 as provisional,
        source_first.first_month > cast(
            w.period - (greatest(w.months, coalesce(indicator.coverage_months, w.months)) - 1) * interval '1 month'
            as date
        ) as before_data,
        source_first.first_month is null as source_absent,
        not coalesce(given.provided, false) as not_provided,
        coalesce(gap.months, 0) as gap_months
    from ref.region as region
    cross join core.window as w
    cross join ref.indicator as indicator
    left join core.window_measure as numerator
        on region.region_id = numerator.region_id
        and w.window_kind = numerator.window_kind
        and w.period = numerator.period
        and indicator.numerator = numerator.measure
    left join core.window_measure as denominator
        on region.region_id = denominator.region_id
        and w.window_kind = denominator.window_kind
        and w.period = denominator.period
        and indicator.denominator = denominator.measure
    left join core.exposure_gap as exposure_gap
        on region.region_id = exposure_gap.region_id
        and w.period = exposure_gap.period
    left join core.region_coverage as at_end
        on indicator.source = at_end.source
        and region.region_id = at_end.region_id
        and w.period = at_end.month
    left join core.region_coverage as before
        on indicator.source = before.source
        and region.region_id = before.region_id
        and before.month = cast(
            w.period - greatest(w.months, coalesce(indicator.coverage_months, w.months)) * interval '1 month' as date
        )
    left join (
        select
            source,
            min(month) as first_month
        from core.coverage
        group by source
    ) as source_first
        on indicator.source = source_first.source
    left join (
        select
            indicator_id,
            max(case when provided then 1 else 0 end) = 1 as provided
        from core.provision
        group by indicator_id
    ) as given
        on indicator.indicator_id = given.indicator_id
    left join (
        select
            petition_gap.indicator_id,
            petition_gap.region_id,
            w.window_kind,
            w.period,
            count(*) as months
        from core.petition_gap as petition_gap
        inner join core.window as w on petition_gap.period between w.first_month and w.period
        group by petition_gap.indicator_id, petition_gap.region_id, w.window_kind, w.period
    ) as gap
        on indicator.indicator_id = gap.indicator_id
        and region.region_id = gap.region_id
        and w.window_kind = gap.window_kind
        and w.period = gap.period
),
judged as (
    select
        cell.*,
        case
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
        end as status,
        case when missing_reason is null then round(ratio, 9) end as value
    from judged
)
select
    valued.region_id,
    valued.region_level,
    valued.window_kind,
    valued.period,
    valued.indicator_id,
    valued.numerator,
    valued.denominator,
    valued.value,
    case when valued.missing_reason in ('not_reported', 'before_data') then round(valued.ratio, 9) end
        as partial_value,
    valued.status,
    valued.missing_reason,
    valued.months_due,
    cast(valued.months_missing as integer) as months_missing,
    coalesce(valued.provisional, false) as provisional,
    previous.value as previous_value,
    year_ago.value as year_ago_value,
    round(valued.value - previous.value, 9) as change_previous,
    round(valued.value - year_ago.value, 9) as change_year_ago
from valued
left join valued as previous
    on valued.region_id = previous.region_id
    and valued.window_kind = previous.window_kind
    and valued.indicator_id = previous.indicator_id
    and valued.previous_period = previous.period
left join valued as year_ago
    on valued.region_id = year_ago.region_id
    and valued.window_kind = year_ago.window_kind
    and valued.indicator_id = year_ago.indicator_id
    and valued.year_ago_period = year_ago.period

-- The province's 同比 and 环比 over the prefectures whose indicator is known in both windows.
-- grain: region_id, window_kind, period, indicator_id, basis
-- `basis` is previous (环比) or year_ago (同比). Numerators and denominators are summed over those prefectures, so that one
-- silent prefecture does not take the whole comparison away. 省本级 belongs to no prefecture and is not in it.
with compared as (
    select
        now.window_kind,
        now.period,
        now.indicator_id,
        'previous' as basis,
        now.numerator,
        now.denominator,
        earlier.numerator as earlier_numerator,
        earlier.denominator as earlier_denominator
    from core.indicator_cell as now
    inner join core.indicator_cell as earlier
        on now.region_id = earlier.region_id
        and now.window_kind = earlier.window_kind
        and now.indicator_id = earlier.indicator_id
        and now.previous_period = earlier.period
    where now.region_level = 'prefecture' and now.status <> 'missing' and earlier.status <> 'missing'
    union all
    select
        now.window_kind,
        now.period,
        now.indicator_id,
        'year_ago',
        now.numerator,
        now.denominator,
        earlier.numerator,
        earlier.denominator
    from core.indicator_cell as now
    inner join core.indicator_cell as earlier
        on now.region_id = earlier.region_id
        and now.window_kind = earlier.window_kind
        and now.indicator_id = earlier.indicator_id
        and now.year_ago_period = earlier.period
    where now.region_level = 'prefecture' and now.status <> 'missing' and earlier.status <> 'missing'
),
summed as (
    select
        compared.window_kind,
        compared.period,
        compared.indicator_id,
        compared.basis,
        cast(count(*) as integer) as prefectures,
        sum(compared.numerator) as numerator,
        sum(compared.denominator) as denominator,
        sum(compared.earlier_numerator) as earlier_numerator,
        sum(compared.earlier_denominator) as earlier_denominator
    from compared
    inner join run.period as made on compared.period = made.period and made.published
    group by compared.window_kind, compared.period, compared.indicator_id, compared.basis
),
valued as (
    select
        region.region_id,
        summed.window_kind,
        summed.period,
        summed.indicator_id,
        summed.basis,
        summed.prefectures,
        round(
            case
                when indicator.denominator is null then summed.numerator * indicator.scale
                else summed.numerator / nullif(summed.denominator, 0.0) * indicator.scale
            end,
            9
        ) as value,
        round(
            case
                when indicator.denominator is null then summed.earlier_numerator * indicator.scale
                else summed.earlier_numerator / nullif(summed.earlier_denominator, 0.0) * indicator.scale
            end,
            9
        ) as earlier_value
    from summed
    inner join ref.indicator as indicator on summed.indicator_id = indicator.indicator_id
    inner join ref.region as region on region.region_level = 'province'
)
select
    region_id,
    window_kind,
    period,
    indicator_id,
    basis,
    prefectures,
    value,
    earlier_value,
    round(value - earlier_value, 9) as change
from valued

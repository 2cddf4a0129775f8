-- Regions to look at first, outside the score: each fact that calls for it, its value and the limit it reached.
-- grain: region_id, flag
-- Of the latest 12 months: debt_ratio and interest_burden (the latest value there is), over_limit (the latest quarter's
-- balance over its limit, in %), debtor_listed (bodies on the list), fallen (the index fell; probability of having
-- improved, and the one that Benjamini–Hochberg allows within the level). Facts, no verdict; rates stay as they are.
with latest as (
    select
        cell.region_id,
        cell.region_level,
        cell.indicator_id,
        cell.numerator,
        cell.value,
        cell.period,
        row_number() over (
            partition by cell.region_id, cell.indicator_id
            order by cell.period desc
        ) as recency
    from mart.indicator_value as cell
    cross join run.context as context
    where
        cell.window_kind = 'r12'
        and cell.status = 'value'
        and cell.region_level in ('prefecture', 'county')
        and cell.period > cast(context.last_month - interval '12 months' as date)
        and cell.indicator_id in ('debt_ratio', 'interest_burden', 'debtor_list_rate')
),
quarter as (
    select
        balance.region_id,
        balance.region_level,
        balance.quarter,
        balance.limit_use_pct,
        balance.over_limit,
        row_number() over (
            partition by balance.region_id
            order by balance.quarter desc
        ) as recency
    from mart.debt_balance as balance
    cross join run.context as context
    where
        balance.region_level in ('prefecture', 'county')
        and balance.over_limit is not null
        and balance.quarter > cast(context.last_month - interval '12 months' as date)
        and balance.quarter <= context.last_month
),
tested as (
    select
        sure.region_id,
        sure.region_level,
        sure.period,
        -- So many draws cannot tell a smaller probability than one of them.
        (sure.better_probability * uncertainty.draws + 1) / nullif(uncertainty.draws + 1, 0) as probability,
        count(*) over (partition by sure.region_level) as tests,
        row_number() over (
            partition by sure.region_level
            order by sure.better_probability, sure.region_id
        ) as place
    from mart.rank_interval as sure
    cross join ref.uncertainty_parameter as uncertainty
    where sure.better_probability is not null
),
allowed as (
    select
        tested.region_level,
        max(parameter.fall_q * tested.place / nullif(tested.tests, 0)) as probability
    from tested
    cross join ref.attention_parameter as parameter
    where tested.probability <= parameter.fall_q * tested.place / nullif(tested.tests, 0)
    group by tested.region_level
)
select
    latest.region_id,
    latest.region_level,
    latest.indicator_id as flag,
    latest.period,
    latest.value,
    case when latest.indicator_id = 'debt_ratio' then parameter.debt_ratio_pct else parameter.interest_burden_pct end
        as reached
from latest
cross join ref.attention_parameter as parameter
where
    latest.recency = 1
    and (
        (latest.indicator_id = 'debt_ratio' and latest.value >= parameter.debt_ratio_pct)
        or (latest.indicator_id = 'interest_burden' and latest.value >= parameter.interest_burden_pct)
    )
union all
select region_id, region_level, 'debtor_listed', period, numerator, 1.0
from latest
where recency = 1 and indicator_id = 'debtor_list_rate' and numerator > 0
union all
select region_id, region_level, 'over_limit', quarter, limit_use_pct, 100.0
from quarter
where recency = 1 and over_limit
union all
select
    tested.region_id,
    tested.region_level,
    'fallen',
    tested.period,
    round(tested.probability, 9),
    round(allowed.probability, 9)
from tested
inner join allowed on tested.region_level = allowed.region_level and tested.probability <= allowed.probability

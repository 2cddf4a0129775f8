-- The failure rate at the latest month's end as it would be with revoked records counted back in.
-- grain: region_id
-- An event is counted back when all its records are gone, at its heaviest revoked record as if still open, with the same
-- decay. Only regions with such an event have a row; rates are null where bodies or reports are missing.
with revoked as (
    select
        failures.event_id,
        failures.region_id,
        round(
            severity.weight * power(
                0.5,
                (
                    (
                        extract(year from context.last_month)
                        - extract(year from coalesce(failures.entered_date, failures.period_date))
                    ) * 12
                    + extract(month from context.last_month)
                    - extract(month from coalesce(failures.entered_date, failures.period_date))
                ) / nullif(parameter.half_life_months, 0)
            ),
            9
        ) as weight,
        failures.record_id
    from src.failures as failures
    cross join ref.parameter as parameter
    cross join run.context as context
    inner join run.month as month
        on context.last_month = month.month
        and coalesce(failures.entered_date, failures.period_date) >= month.stock_from
        and coalesce(failures.entered_date, failures.period_date) < month.next_month
    inner join ref.severity as severity on failures.severity = severity.severity
    left join core.failure_event as standing on failures.event_id = standing.event_id
    where
        failures.standing = '已撤销'
        and coalesce(failures.body_level, '') <> '村居'
        and (failures.source not in ('纪律处分', '问责处理') or coalesce(failures.recognised_as_breach, false))
        and standing.event_id is null
),
heaviest as (
    select
        region_id,
        weight,
        row_number() over (partition by event_id order by weight desc, record_id desc) as heaviness
    from revoked
),
summed as (
    select
        rollup.region_id,
        count(*) as events,
        sum(heaviest.weight) as weight
    from heaviest
    inner join ref.rollup as rollup on heaviest.region_id = rollup.unit_id
    where heaviest.heaviness = 1
    group by rollup.region_id
)
select
    summed.region_id,
    region.region_level,
    cell.period,
    cast(summed.events as integer) as revoked_events,
    round(summed.weight, 9) as revoked_weight,
    cell.value as failure_rate,
    case
        when cell.status = 'value'
            then round((cell.numerator + summed.weight) / nullif(cell.denominator, 0.0) * indicator.scale, 9)
    end as rate_with_revoked
from summed
cross join run.context as context
inner join ref.region as region on summed.region_id = region.region_id
inner join ref.indicator as indicator on indicator.indicator_id = 'failure_rate'
inner join mart.indicator_value as cell
    on summed.region_id = cell.region_id
    and indicator.indicator_id = cell.indicator_id
    and context.last_month = cell.period
    and cell.window_kind = 'r12'

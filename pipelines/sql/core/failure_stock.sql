-- Weight of the failures that stand at each month's end: severity × rectification × decay, an event at its heaviest record.
-- grain: region_id, period
-- Records entered in the last 36 months count, halving every 12 months from their entry; a repaired one weighs 0 from
-- its repair on. Weights are rounded to 9 digits before they are summed, so that no order of rows changes a byte. The sum
-- of their squares says how much less a weighted sum tells than a count would (models/index/priors.py).
with aged as (
    select
        record.event_id,
        record.record_id,
        record.region_id,
        month.month as period,
        record.weighed_from,
        record.severity_weight
        * case
            when record.rectified_date is null or record.rectified_date >= month.next_month then 1.0
            when record.rectified_date <= record.rectify_due then parameter.rectified_on_time_factor
            else parameter.rectified_late_factor
        end
        * case when record.repaired_date < month.next_month then 0.0 else 1.0 end
        * power(
            0.5,
            (
                (extract(year from month.month) - extract(year from record.weighed_from)) * 12
                + extract(month from month.month) - extract(month from record.weighed_from)
            ) / nullif(parameter.half_life_months, 0)
        ) as weight
    from core.failure_record as record
    cross join ref.parameter as parameter
    inner join run.month as month
        on record.weighed_from < month.next_month
        and record.weighed_from >= month.stock_from
    where record.scored
),
heaviest as (
    select
        region_id,
        period,
        round(weight, 9) as weight,
        row_number() over (
            partition by event_id, period
            order by round(weight, 9) desc, weighed_from desc, record_id desc
        ) as heaviness
    from aged
)
select
    region_id,
    period,
    round(sum(weight), 9) as failure_weight,
    round(sum(round(weight * weight, 9)), 9) as failure_weight_squares
from heaviest
where heaviness = 1
group by region_id, period

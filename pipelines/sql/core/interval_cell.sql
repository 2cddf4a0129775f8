-- What intervals are made from: the index's cells of the latest 12 months, and of the 12 months before them.
-- grain: region_id, side, indicator_id
-- `side` is now or year_ago. Both go by the priors of the later year and leave out what is left out now; `comparable` is
-- false where something scored now was left out of the whole level then (as in core.year_ago_cell).
with latest as (
    select
        'now' as side,
        last_month as period
    from run.context
    union all
    select
        'year_ago',
        cast(last_month - interval '12 months' as date)
    from run.context
),
scored as (
    select
        latest.side,
        score.region_id,
        score.period,
        score.indicator_id,
        score.score_state
    from latest
    inner join mart.indicator_score as score on latest.period = score.period and score.window_kind = 'r12'
),
paired as (
    select
        side.side,
        side.region_id,
        side.period,
        side.indicator_id,
        now.score_state = 'left_out' as out_now,
        now.score_state <> 'left_out' and side.score_state = 'left_out' as lacking
    from scored as side
    inner join scored as now
        on side.region_id = now.region_id
        and side.indicator_id = now.indicator_id
        and now.side = 'now'
)
select
    paired.region_id,
    region.region_level,
    paired.side,
    paired.period,
    paired.indicator_id,
    cell.status,
    cell.value,
    cell.numerator,
    cell.denominator,
    prior_group.prior_group,
    cast(extract(year from context.last_month) as integer) as prior_year,
    case when paired.out_now then 'left_out' end as left_out,
    max(case when paired.lacking then 1 else 0 end) over (partition by region.region_level, paired.side) = 0 as comparable
from paired
cross join run.context as context
inner join mart.indicator_value as cell
    on paired.region_id = cell.region_id
    and paired.period = cell.period
    and paired.indicator_id = cell.indicator_id
    and cell.window_kind = 'r12'
inner join ref.region as region on paired.region_id = region.region_id
inner join ref.prior_group as prior_group on region.type = prior_group.type

-- Whether priors still tell what is usual: the rate of each level beside the mean of its prior.
-- grain: region_level, window_kind, period, indicator_id
-- `ratio` is the level's rate over the prior mean; `stale` where it leaves the range of the method file. `prior_year` differs
-- from the window's year where nothing had been recorded before it; `basis` says what the prior was made from.
with compared as (
    select
        level_mean.region_level,
        level_mean.window_kind,
        level_mean.period,
        level_mean.indicator_id,
        prior.prior_year,
        prior.basis,
        level_mean.pooled_mean as level_rate,
        round(prior.mean * indicator.scale, 9) as prior_mean,
        round(level_mean.pooled_mean / nullif(prior.mean * indicator.scale, 0.0), 9) as ratio
    from core.level_mean as level_mean
    inner join run.period as made on level_mean.period = made.period and made.published
    inner join ref.indicator as indicator on level_mean.indicator_id = indicator.indicator_id
    inner join ref.prior as prior
        on level_mean.region_level = prior.region_level
        and level_mean.indicator_id = prior.indicator_id
        and prior.prior_group = 'all'
        and cast(extract(year from level_mean.period) as integer) = prior.year
    where level_mean.left_out is null
)
select
    compared.region_level,
    compared.window_kind,
    compared.period,
    compared.indicator_id,
    compared.prior_year,
    compared.basis,
    compared.level_rate,
    compared.prior_mean,
    compared.ratio,
    coalesce(compared.ratio < parameter.stale_below or compared.ratio > parameter.stale_above, false) as stale
from compared
cross join ref.shrinkage_parameter as parameter

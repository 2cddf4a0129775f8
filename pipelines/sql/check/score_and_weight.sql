-- Dimensions whose weights do not add up to 1 though something is scored, or whose scores contradict their states.
select
    region_id,
    window_kind,
    period,
    dimension,
    sum(weight) as weights
from mart.indicator_score
group by region_id, window_kind, period, dimension
having
    (max(weight) > 0 and abs(sum(weight) - 1) > 0.000001)
    or sum(case when (score is null) <> (score_state = 'left_out') then 1 else 0 end) > 0
    or min(score) < 1
    or max(score) > 100

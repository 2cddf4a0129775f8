-- How sure each dimension's score of the latest 12 months is: its mean over the draws and their standard deviation.
-- grain: region_id, dimension
select
    certainty.region_id,
    certainty.node as dimension,
    certainty.region_level,
    certainty.period,
    certainty.score,
    certainty.mean,
    certainty.standard_error
from core.certainty as certainty
where certainty.node <> 'index'

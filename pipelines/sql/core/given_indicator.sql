-- Whether any file known gave the columns an indicator stands on.
-- grain: indicator_id
select
    indicator_id,
    max(case when provided then 1 else 0 end) = 1 as provided
from core.provision
group by indicator_id

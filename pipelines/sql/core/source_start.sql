-- The first month each source was due in: windows that reach back before it have no data.
-- grain: source
select
    source,
    min(month) as first_month
from core.coverage
group by source

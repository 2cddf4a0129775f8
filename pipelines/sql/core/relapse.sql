-- Bodies that failed again, by the window of their later event.
-- grain: region_id, window_kind, period
-- Distinct bodies of a window cannot be added up from months, so each kind of window is counted by itself.
select
    relapsed.region_id,
    w.window_kind,
    w.period,
    count(distinct relapsed.body_key) as relapsed_bodies
from core.relapsed_body as relapsed
inner join core.window as w on relapsed.period between w.first_month and w.period
group by relapsed.region_id, w.window_kind, w.period

-- Named groups a region may be compared within: its prefecture's counties, border counties, autonomous counties.
-- grain: peer_group, region_id
-- Counties only. Names and sources of the groups are in ref.peer_group; a prefecture's group has its code behind.
select
    case when named.peer_group = 'prefecture' then 'prefecture ' || region.parent_id else named.peer_group end
        as peer_group,
    region.region_id,
    named.peer_group as kind
from ref.region as region
inner join ref.peer_group as named
    on named.peer_group = 'prefecture'
    or (named.peer_group = 'border' and region.is_border)
    or (named.peer_group = 'autonomous' and region.is_autonomous)
where region.region_level = 'county'

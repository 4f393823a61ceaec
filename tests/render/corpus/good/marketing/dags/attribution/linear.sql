insert into marts.attribution (model, campaign, value)
select 'linear', campaign, sum(value / touches_of_conversion)
from (select *, count(*) over (partition by conversion_id) as touches_of_conversion from marts.touches) t
group by campaign

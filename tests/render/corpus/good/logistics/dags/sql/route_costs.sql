select route, sum(km) as km, sum(km * cost_per_km + tolls) as cost
from tms.legs
where day = %(day)s
group by route

select route, sum(km) as km, sum(km * cost_per_km + tolls) as cost
from tms.legs
where day = date '{{ ds }}' and km >= %(shortest)s
group by route

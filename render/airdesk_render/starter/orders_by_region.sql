select region, count(*) as orders
from orders
where day = date '{{ ds }}' - 1
group by region
order by orders desc
limit {{ params.regions }}

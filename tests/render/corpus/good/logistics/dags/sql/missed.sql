select depot, count(*) as missed, max(minutes_late) as worst
from tms.deliveries
where day = date '{{ ds }}' and minutes_late > 0
group by depot
order by missed desc

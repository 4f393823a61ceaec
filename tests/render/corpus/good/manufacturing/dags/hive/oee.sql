insert overwrite table oee partition (plant = 'gbg')
select
    line,
    sum(case when state = 'running' then seconds else 0 end) / sum(seconds) as availability,
    avg(speed / nominal_speed) as performance,
    sum(good) / sum(total) as quality
from events
where day = cast(current_date as string)
group by line;

analyze table oee partition (plant = 'gbg') compute statistics

insert into daily select region, count(*) from orders group by region

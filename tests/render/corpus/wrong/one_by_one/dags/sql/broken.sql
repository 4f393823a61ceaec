-- The mistake is in the fourth line.
select carrier,
       avg(delay
from flights

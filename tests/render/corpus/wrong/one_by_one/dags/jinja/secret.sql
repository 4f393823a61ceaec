select *
from flights
where key = '{{ var.json.keys }}'

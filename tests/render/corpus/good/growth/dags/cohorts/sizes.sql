insert into marts.cohort_sizes (cohort_week, size, built_at)
select date_trunc('week', signed_up_at)::date, count(*), now()
from raw.signups
where signed_up_at >= date '{{ ds }}' - interval '7 days'
group by 1
on conflict (cohort_week) do update set size = excluded.size, built_at = excluded.built_at

insert into marts.cohort_returns (cohort_week, age_weeks, returned)
select
    s.cohort_week,
    (date '{{ ds }}' - s.cohort_week) / 7 as age_weeks,
    count(distinct e.user_id) as returned
from marts.cohort_sizes s
join raw.signups u on date_trunc('week', u.signed_up_at)::date = s.cohort_week
left join raw.events e
    on e.user_id = u.user_id and e.day between date '{{ ds }}' - 6 and date '{{ ds }}'
where s.cohort_week <= date '{{ ds }}'
group by 1, 2
on conflict (cohort_week, age_weeks) do update set returned = excluded.returned

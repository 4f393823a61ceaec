insert into people.attrition_features
select
    employee_id,
    department,
    date '{{ ds }}' - hired_on as tenure_days,
    salary / nullif(median_salary, 0) as compa_ratio,
    absences_90d
from people.employees
where left_on is null

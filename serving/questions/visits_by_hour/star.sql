select
    times_of_day.hour_of_day as sold_hour,
    count(*) as visit_count,
    count(distinct visits.household_id) as household_count
from star.fct_store_visits as visits
inner join star.dim_times_of_day as times_of_day on visits.time_key = times_of_day.time_key
group by times_of_day.hour_of_day

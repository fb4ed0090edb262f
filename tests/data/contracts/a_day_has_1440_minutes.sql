-- Fails with one row a minute that is missing or wrong, and with one when a day has not 1,440 minutes.
with

minutes as (

    select * from {{ ref('dim_times_of_day') }}

),

bounds as (

    select
        given.time_key,
        given.minute_of_day,
        given.time_name,
        given.part_of_day
    from (
        values
        (0, 0, '00:00', 'Night'),
        (559, 359, '05:59', 'Night'),
        (600, 360, '06:00', 'Morning'),
        (1159, 719, '11:59', 'Morning'),
        (1200, 720, '12:00', 'Afternoon'),
        (1759, 1079, '17:59', 'Afternoon'),
        (1800, 1080, '18:00', 'Evening'),
        (2359, 1439, '23:59', 'Evening')
    ) as given (time_key, minute_of_day, time_name, part_of_day)

)

select
    bounds.time_key,
    'is missing or wrong' as problem
from bounds
left join minutes
    on
        bounds.time_key = minutes.time_key
        and bounds.minute_of_day = minutes.minute_of_day
        and bounds.time_name = minutes.time_name
        and bounds.part_of_day = minutes.part_of_day
where minutes.time_key is null

union all

select
    cast(null as integer) as time_key,
    'a day has not 1,440 minutes' as problem
from minutes
having
    count(*) <> 1440
    or count(distinct minute_of_day) <> 1440
    or min(minute_of_day) <> 0
    or max(minute_of_day) <> 1439

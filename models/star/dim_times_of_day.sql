with

digits as (

    select given.digit
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as given (digit)

),

numbers as (

    select tens.digit * 10 + ones.digit as number_below_hundred
    from digits as tens
    cross join digits as ones

),

hours as (

    select number_below_hundred as hour_of_day
    from numbers
    where number_below_hundred < 24

),

minutes as (

    select number_below_hundred as minute_of_hour
    from numbers
    where number_below_hundred < 60

),

final as (

    select
        hours.hour_of_day,
        minutes.minute_of_hour,
        hours.hour_of_day * 100 + minutes.minute_of_hour as time_key,
        hours.hour_of_day * 60 + minutes.minute_of_hour as minute_of_day,
        lpad(cast(hours.hour_of_day as varchar), 2, '0')
        || ':'
        || lpad(cast(minutes.minute_of_hour as varchar), 2, '0') as time_name,
        case
            when hours.hour_of_day < 6 then 'Night'
            when hours.hour_of_day < 12 then 'Morning'
            when hours.hour_of_day < 18 then 'Afternoon'
            else 'Evening'
        end as part_of_day
    from hours
    cross join minutes

)

select * from final

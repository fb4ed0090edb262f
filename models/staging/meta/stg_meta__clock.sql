with

source as (

    select * from {{ source('meta', 'clock') }}

),

final as (

    select
        cast(as_of as timestamp(6)) as as_of,
        as_of_date,
        households as household_count,
        cast(loaded_at as timestamp(6)) as loaded_at,
        households is null and as_of_date = date '{{ var("grocer_year_end") }}' as is_whole_year
    from source

)

select * from final

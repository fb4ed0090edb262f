with

clock as (

    select * from {{ ref('stg_meta__clock') }}

),

final as (

    select
        as_of,
        as_of_date
    from clock

)

select * from final

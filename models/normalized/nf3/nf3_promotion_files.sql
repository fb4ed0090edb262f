with

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

files as (

    select
        grocer_week,
        load_id,
        cast(count(*) as integer) as placement_count
    from promotions
    group by
        grocer_week,
        load_id

),

final as (

    select
        grocer_week,
        load_id,
        placement_count,
        cast(cast(load_id as decimal(28, 6)) * 1000000 as bigint) as load_number
    from files

)

select * from final

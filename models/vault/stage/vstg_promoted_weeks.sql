with

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

first_loads as (

    select
        grocer_week,
        min(load_id) as load_id
    from promotions
    group by grocer_week

),

-- Hashed once for each of the few that there are: twenty million promotions join them.
final as (

    select
        {{ vault_hash('grocer_week') }} as week_hk,
        grocer_week,
        {{ load_moment('load_id') }} as load_date,
        'promotions' as record_source
    from first_loads

)

select * from final

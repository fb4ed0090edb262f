with

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

first_loads as (

    select
        store_id,
        min(load_id) as load_id
    from promotions
    group by store_id

),

-- Hashed once for each of the few that there are: twenty million promotions join them.
final as (

    select
        {{ vault_hash('store_id') }} as store_hk,
        store_id,
        {{ load_moment('load_id') }} as load_date,
        'promotions' as record_source
    from first_loads

)

select * from final

with

placements as (

    select * from {{ ref('nhl_promotion_placements') }}

),

-- A file is one week's and comes whole; of a replaced one the link keeps both. Read from the link itself:
-- a view copies a CTE that has two readers.
latest_loads as (

    select
        week_hk,
        max(load_id) as load_id
    from {{ ref('nhl_promotion_placements') }}
    group by week_hk

),

final as (

    select
        placements.product_hk,
        placements.store_hk,
        placements.week_hk,
        placements.display_location_code,
        placements.mailer_location_code,
        placements.load_id,
        placements.load_date
    from placements
    inner join latest_loads
        on
            placements.week_hk = latest_loads.week_hk
            and placements.load_id = latest_loads.load_id

)

select * from final

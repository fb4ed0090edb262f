{# Fails with one row a placement of one product whose key is not the hash of its columns. Parts that repeat are hashed alike for every other one. #}
with

placements as (

    select * from {{ ref('vstg_promotion_placements') }}
    where product_id in (select min(product_id) from {{ ref('vstg_promoted_products') }})

),

hashed as (

    select
        promotion_placement_hk,
        {{ vault_hash(['product_id', 'store_id', 'grocer_week', 'display_location_code', 'mailer_location_code']) }} as expected
    from placements

)

select {{ vault_hash_text('promotion_placement_hk') }} as placement
from hashed
where promotion_placement_hk <> expected

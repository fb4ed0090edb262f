{#
    Fails with one row a placement of one product whose key is not the hash of its columns. Parts that repeat are hashed alike for
    every other one.
#}
{%- set key = ['product_id', 'store_id', 'grocer_week', 'display_location_code', 'mailer_location_code'] %}

with

placements as (

    select * from {{ ref('vstg_promotion_placements') }}

),

products as (

    select min(product_id) as first_product_id
    from {{ ref('vstg_promoted_products') }}

),

placements_of_one as (

    select placements.*
    from placements
    inner join products on placements.product_id = products.first_product_id

),

hashed as (

    select
        promotion_placement_hk,
        {{ vault_hash(key) }} as expected
    from placements_of_one

)

select {{ vault_hash_text('promotion_placement_hk') }} as placement
from hashed
where promotion_placement_hk <> expected

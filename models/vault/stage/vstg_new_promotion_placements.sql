{%- set link = 'nhl_promotion_placements' %}
{%- set target = adapter.get_relation(this.database, this.schema, link) if execute %}
with

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

placements as (

    select * from {{ ref('vstg_promotion_placements') }}

),

staged_loads as (

    select
        load_id,
        count(*) as placement_count
    from promotions
    group by load_id

),
{% if target %}

-- Not a ref(): the link reads this view.
seen_loads as (

    select
        load_id,
        count(*) as placement_count
    from {{ target }}
    group by load_id

),
{% endif %}

-- A load of which the link has all rows needs no look at each of them.
new_loads as (

    select staged_loads.load_id
    from staged_loads
    {%- if target %}
    left join seen_loads on staged_loads.load_id = seen_loads.load_id
    where seen_loads.placement_count is distinct from staged_loads.placement_count
    {%- endif %}

),

final as (

    select
        product_id,
        store_id,
        grocer_week,
        display_location_code,
        mailer_location_code,
        load_id,
        record_source,
        load_date,
        product_hk,
        store_hk,
        week_hk
    from placements
    where load_id in (select new_loads.load_id from new_loads)

)

select * from final

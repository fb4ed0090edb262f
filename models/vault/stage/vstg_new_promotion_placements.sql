{%- set link = 'nhl_promotion_placements' %}
{%- set target = adapter.get_relation(this.database, this.schema, link) if execute %}
with

placements as (

    select * from {{ ref('vstg_promotion_placements') }}

),

-- Not a ref(): the link reads this view. Loads have increasing ids; the last one is read again, in case it was
-- seen half.
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
    {%- if target %}
    where load_id >= (select coalesce(max(loaded.load_id), '') from {{ target }} as loaded)
    {%- endif %}

)

select * from final

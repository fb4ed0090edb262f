{%- set target = adapter.get_relation(this.database, this.schema, 'nhl_promotion_placements') if execute %}
with

placements as (

    select * from {{ ref('vstg_promotion_placements') }}

),

-- Not a ref(): the link reads this view. Loads have increasing ids; the last one is read again, in case it was seen half.
final as (

    select *
    from placements
    {%- if target %}
    where load_id >= (select coalesce(max(loaded.load_id), '') from {{ target }} as loaded)
    {%- endif %}

)

select * from final

with

lines as {{ not_materialized() }} (

    select * from {{ ref('fct_sales_lines') }}

),

promotions as (

    select * from {{ ref('fct_promotions') }}

),

placements as (

    select * from {{ ref('dim_placements') }}

),

-- A product may have several promotions in a store and week: one row of them, or the lines would double.
placements_of_lines as (

    select
        lines.sales_line_key,
        max(case when placements.is_on_display then 1 else 0 end) as displays,
        max(case when placements.is_in_mailer then 1 else 0 end) as mailers
    from promotions
    inner join lines
        on
            promotions.product_key = lines.product_key
            and promotions.store_key = lines.store_key
            and promotions.grocer_week = lines.grocer_week
    inner join placements on promotions.placement_key = placements.placement_key
    group by lines.sales_line_key

),

final as (

    select
        lines.sales_line_key,
        lines.date_key,
        lines.product_key,
        lines.store_key,
        lines.household_key,
        lines.basket_id,
        lines.household_id,
        lines.sold_date,
        lines.sales_amount,
        placements_of_lines.displays = 1 as is_on_display,
        placements_of_lines.mailers = 1 as is_in_mailer
    from lines
    inner join placements_of_lines on lines.sales_line_key = placements_of_lines.sales_line_key

)

select * from final

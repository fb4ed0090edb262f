with

hub as (

    select * from {{ ref('hub_weeks') }}

),

placements as (

    select
        week_hk,
        count(*) as placement_count
    from {{ ref('qav_promotion_placements') }}
    group by week_hk

),

final as (

    select
        hub.week_hk,
        hub.grocer_week,
        hub.load_date as first_seen_at,
        coalesce(placements.placement_count, 0) as placement_count
    from hub
    left join placements on hub.week_hk = placements.week_hk

)

select * from final

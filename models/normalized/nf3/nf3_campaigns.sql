with

campaigns as (

    select * from {{ ref('stg_loyalty__campaigns') }}

),

final as (

    select
        campaign_id,
        campaign_type,
        start_date,
        end_date
    from campaigns

)

select * from final

with

source as (

    select * from {{ source('loyalty', 'campaigns') }}

),

final as (

    select
        cast(campaign_id as integer) as campaign_id,
        campaign_type,
        start_date,
        end_date,
        cast(updated_at as timestamp(6)) as updated_at,
        _dlt_load_id as load_id
    from source

)

select * from final

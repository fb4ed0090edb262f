with

source as (

    select * from {{ source('loyalty', 'households') }}

),

final as (

    select
        cast(household_id as integer) as household_id,
        cast(enrolled_at as timestamp(6)) as enrolled_at,
        cast(home_store_id as integer) as home_store_id,
        tier,
        age as age_band,
        income as income_band,
        home_ownership,
        marital_status,
        household_size,
        household_comp as household_composition,
        kids_count,
        cast(updated_at as timestamp(6)) as updated_at,
        _dlt_load_id as load_id
    from source

)

select * from final

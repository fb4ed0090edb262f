with

households as (

    select * from {{ ref('stg_loyalty__households') }}

),

-- Tier and home store change over time: they are facts of nf3_household_events.
final as (

    select
        household_id,
        enrolled_at,
        cast({{ utc_to_local('enrolled_at') }} as date) as enrolled_date,
        age_band,
        income_band,
        home_ownership,
        marital_status,
        household_size,
        household_composition,
        kids_count
    from households

)

select * from final

with

final as (

    select
        tier,
        minimum_spend_amount
    from {{ ref('household_tiers') }}

)

select * from final

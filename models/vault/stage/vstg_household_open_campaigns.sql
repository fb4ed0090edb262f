with

memberships as (

    select * from {{ ref('vstg_campaign_households') }}

),

clock as (

    select * from {{ ref('stg_meta__clock') }}

),

moments as (

    select
        household_id,
        effective_from as changed_at
    from memberships
    union
    select
        household_id,
        effective_to as changed_at
    from memberships
    where effective_to is not null

),

moments_so_far as (

    select
        moments.household_id,
        moments.changed_at
    from moments
    inner join clock on moments.changed_at < clock.as_of

),

-- A household whose last campaign ended has a set too: of one member, no campaign (-1).
prepared as (

    select
        moments_so_far.household_id,
        'loyalty.campaign_memberships' as record_source,
        moments_so_far.changed_at as load_date,
        coalesce(memberships.campaign_id, -1) as campaign_id
    from moments_so_far
    left join memberships
        on
            moments_so_far.household_id = memberships.household_id
            and moments_so_far.changed_at >= memberships.effective_from
            and moments_so_far.changed_at < coalesce(memberships.effective_to, timestamp '9999-12-31 00:00:00')

),

final as (

    select
        household_id,
        campaign_id,
        record_source,
        load_date,
        {{ vault_hash('household_id', types={}) }} as household_hk,
        {{ vault_hash(['campaign_id'], is_hashdiff=true, types={}) }} as open_campaign_hashdiff
    from prepared

)

select * from final

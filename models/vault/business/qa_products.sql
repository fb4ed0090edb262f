{{ config(materialized='view') }}

with

keys as (

    select * from {{ ref('hub_products') }}

),

versions as (

    select * from {{ ref('sat_products') }}

),

ranked_versions as (

    select
        *,
        row_number() over (partition by product_hk order by load_date desc, hashdiff desc) as recency
    from versions

),

final as (

    select
        keys.product_id,
        ranked_versions.department,
        ranked_versions.product_category,
        ranked_versions.product_type,
        ranked_versions.brand,
        ranked_versions.package_size
    from keys
    left join ranked_versions on keys.product_hk = ranked_versions.product_hk and ranked_versions.recency = 1

)

select * from final

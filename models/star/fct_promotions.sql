{{ replaces_by('grocer_week') }}

with

files as (

    select * from {{ ref('nf3_promotion_files') }}

),

weeks as (

    select
        grocer_week,
        date_key
    from {{ ref('dim_dates') }}
    where date_day = grocer_week_first_date

),

{% if is_incremental() %}

written_files as (

    select distinct
        grocer_week,
        load_number
    from {{ this }}

),

{% endif %}

-- Named from the few files that there are, so that the large tables are read for their weeks only.
files_to_write as (

    select
        files.grocer_week,
        files.load_number,
        weeks.date_key
    from files
    left join weeks on files.grocer_week = weeks.grocer_week
    {% if is_incremental() %}
    left join written_files
        on
            files.grocer_week = written_files.grocer_week
            and files.load_number = written_files.load_number
    where written_files.grocer_week is null
    {% endif %}

),

promotions as (

    select * from {{ ref('nf3_promotions') }}

),

final as (

    select
        promotions.product_id as product_key,
        promotions.store_id as store_key,
        files_to_write.date_key,
        promotions.grocer_week,
        {{ placement_key('promotions.display_location_code', 'promotions.mailer_location_code') }} as placement_key,
        files_to_write.load_number
    from promotions
    inner join files_to_write on promotions.grocer_week = files_to_write.grocer_week

)

select * from final

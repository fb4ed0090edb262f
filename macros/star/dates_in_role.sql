{#
    dates_in_role(role): the statement of a role-playing view over dim_dates, each column named for the role, so that a query may join two
    roles of the calendar without renaming a column.

    {{ dates_in_role('redeemed') }}
#}
{% macro dates_in_role(role) -%}
with

dates as (

    select * from {{ ref('dim_dates') }}

),

final as (

    select
        date_key as {{ role }}_date_key,
        date_day as {{ role }}_date,
        day_name as {{ role }}_day_name,
        is_weekend as is_{{ role }}_on_weekend,
        is_holiday as is_{{ role }}_on_holiday,
        grocer_week as {{ role }}_grocer_week,
        calendar_month as {{ role }}_calendar_month,
        quarter_name as {{ role }}_quarter_name,
        year_number as {{ role }}_year_number
    from dates

)

select * from final
{%- endmacro %}

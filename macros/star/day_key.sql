{#
    day_key(day): the key of a day in dim_dates, yyyymmdd as an integer; null for null.

    {{ day_key('sold_date') }} as date_key
#}
{% macro day_key(day) -%}
    cast(extract(year from {{ day }}) * 10000 + extract(month from {{ day }}) * 100 + extract(day from {{ day }}) as integer)
{%- endmacro %}

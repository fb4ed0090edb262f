{#
    time_key(local_moment): the key of a minute in dim_times_of_day, hhmm as an integer.

    {{ time_key('receipts.sold_local_at') }} as time_key
#}
{% macro time_key(local_moment) -%}
    cast(extract(hour from {{ local_moment }}) * 100 + extract(minute from {{ local_moment }}) as integer)
{%- endmacro %}

{#
    week_published_at(week): when the promotion file of a grocer's week appeared, UTC: on its first local day.

    {{ week_published_at('grocer_week') }} as load_date
#}
{% macro week_published_at(week) -%}
    {%- set monday = dbt.dateadd('day', '7 * (' ~ week ~ ' - 1)', "cast(date '" ~ var('grocer_first_monday') ~ "' as timestamp)") -%}
    {{ local_to_utc("greatest(" ~ monday ~ ", timestamp '" ~ var('grocer_year_start') ~ " 00:00:00')") }}
{%- endmacro %}

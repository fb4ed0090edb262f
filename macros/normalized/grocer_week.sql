{#
    grocer_week(date): the grocer's week of a local day, null outside the grocer's year. Weeks begin on Monday and are counted from the Monday
    on or before 1 January, so week 1 of 2017 is a Sunday alone, and week 53 ends on 31 December.

    {{ grocer_week('calendar_date') }} as grocer_week
#}
{% macro grocer_week(date) -%}
    case
        when {{ date }} between date '{{ var("grocer_year_start") }}' and date '{{ var("grocer_year_end") }}'
            then 1 + cast(floor({{ dbt.datediff("date '" ~ var("grocer_first_monday") ~ "'", date, "day") }} / 7e0) as integer)
    end
{%- endmacro %}

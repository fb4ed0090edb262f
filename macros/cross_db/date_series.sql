{#
    date_series(first, last, name): a query that gives every day from `first` to `last` (ISO dates, both included) as the column `name`.

    {{ date_series('2017-01-01', '2017-12-31', 'calendar_date') }}
#}
{% macro date_series(first, last, name) -%}
    {{ return(adapter.dispatch('date_series')(first, last, name)) }}
{%- endmacro %}

{% macro duckdb__date_series(first, last, name) -%}
    select cast(days.day_at as date) as {{ name }}
    from generate_series(timestamp '{{ first }}', timestamp '{{ last }}', interval '1' day) as days (day_at)
{%- endmacro %}

{% macro athena__date_series(first, last, name) -%}
    select days.day_at as {{ name }}
    from unnest(sequence(date '{{ first }}', date '{{ last }}', interval '1' day)) as days (day_at)
{%- endmacro %}

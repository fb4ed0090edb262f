{#
    local_to_utc(timestamp): the moment, in UTC, at which the grocer's clocks (America/New_York, with daylight saving) showed a timestamp or a
    day's midnight: what utc_to_local undoes.

    {{ local_to_utc('end_date') }} as ended_at
#}
{% macro local_to_utc(timestamp) -%}
    {{ return(adapter.dispatch('local_to_utc')(timestamp)) }}
{%- endmacro %}

{% macro duckdb__local_to_utc(timestamp) -%}
    cast((cast({{ timestamp }} as timestamp) at time zone 'America/New_York') at time zone 'UTC' as timestamp(6))
{%- endmacro %}

{% macro athena__local_to_utc(timestamp) -%}
    cast(with_timezone(cast({{ timestamp }} as timestamp(6)), 'America/New_York') at time zone 'UTC' as timestamp(6))
{%- endmacro %}

{#
    duckdb__snapshot_get_time(), athena__snapshot_get_time(): the moment that a snapshot dates a change by when the row brings none of its own, in
    place of the adapters' current time: the grocer's clock at the last complete load. A year that is replayed tonight gets the year's own dates,
    and repeating a snapshot of the same load changes nothing. Six places, because an Iceberg table takes no other moment.

    dbt parses a snapshot without its strategy, so this ref() alone ties it to nothing: the hook of all snapshots in dbt_project.yml names the
    clock once more, and the snapshot is built after it.
#}
{% macro duckdb__snapshot_get_time() -%}
    {{ return(snapshot_clock()) }}
{%- endmacro %}

{% macro athena__snapshot_get_time() -%}
    {{ return(snapshot_clock()) }}
{%- endmacro %}

{% macro snapshot_clock() -%}
    (select cast(clock.as_of as timestamp(6)) from {{ ref('stg_meta__clock') }} as clock)
{%- endmacro %}

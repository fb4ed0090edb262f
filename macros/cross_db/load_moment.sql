{#
    load_moment(load_id): the moment, UTC, at which a load began: dlt's load ids are seconds since 1970 with fractions, as text. To the millisecond,
    so that both engines give the same.

    {{ load_moment('load_id') }} as load_date
#}
{% macro load_moment(load_id) -%}
    {{ return(adapter.dispatch('load_moment')(load_id)) }}
{%- endmacro %}

{% macro duckdb__load_moment(load_id) -%}
    epoch_ms(cast(round(cast({{ load_id }} as double) * 1000) as bigint))
{%- endmacro %}

{% macro athena__load_moment(load_id) -%}
    cast(from_unixtime(cast({{ load_id }} as double), 'UTC') as timestamp(6))
{%- endmacro %}

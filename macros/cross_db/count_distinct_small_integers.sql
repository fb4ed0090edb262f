{#
    count_distinct_small_integers(column): an aggregate, count(distinct column) for integers from 0 to 62, at a fraction of its cost: the
    values are bits of one number, and the bits are counted.

    select product_key, {{ count_distinct_small_integers('grocer_week') }} as weeks from … group by product_key
#}
{% macro count_distinct_small_integers(column) -%}
    {{ return(adapter.dispatch('count_distinct_small_integers')(column)) }}
{%- endmacro %}

{% macro duckdb__count_distinct_small_integers(column) -%}
    bit_count(bit_or(cast(1 as bigint) << {{ column }}))
{%- endmacro %}

{% macro athena__count_distinct_small_integers(column) -%}
    bit_count(bitwise_or_agg(bitwise_left_shift(bigint '1', {{ column }})), 64)
{%- endmacro %}

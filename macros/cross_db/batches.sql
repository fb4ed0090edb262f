{#
    batch_of(column), further_batches(column): a table that is made of one part of its rows after the other. DuckDB keeps nested rows in memory
    until their last group is complete and does not spill them, so memory grows with the rows of a statement. The variable `batches` says how
    many statements there are: one, unless said otherwise, and then nothing is added to the model. batch_of() is the condition of the first,
    further_batches() the hook that inserts the others; they share the model's transaction, and no reader sees a part. The batches are about
    equal: ranges of the hash of the column, which is never null and which all rows of a group share.
    Athena has no such limit: one statement. A unit test is one statement too.

    {{ config(post_hook="{{ further_batches('basket_id') }}") }}
    with lines as (select * from {{ ref('stg_pos__transactions') }} where {{ batch_of('basket_id') }})
    select basket_id, {{ collect_rows(fields) }} as lines from lines group by basket_id
#}
{% macro batch_of(column) -%}
    {{ return(adapter.dispatch('batch_of')(column)) }}
{%- endmacro %}

{% macro duckdb__batch_of(column) -%}
    {{ batch_conditions(column)[0] }}
{%- endmacro %}

{% macro athena__batch_of(column) -%}
    true
{%- endmacro %}

{% macro further_batches(column) -%}
    {{ return(adapter.dispatch('further_batches')(column)) }}
{%- endmacro %}

{% macro duckdb__further_batches(column) -%}
    {%- set conditions = batch_conditions(column) -%}
    {%- for condition in conditions[1:] %}
    insert into {{ this }} by name
    {{ model.compiled_code | replace(conditions[0], condition) }};
    {%- endfor %}
{%- endmacro %}

{% macro athena__further_batches(column) -%}{%- endmacro %}

{# The condition of each batch, a range of the column's hash: DuckDB reads a range below a window over the column, and a remainder above it. #}
{% macro batch_conditions(column) %}
    {% set batches = var('batches', 1) | int %}
    {% if batches < 2 or model.resource_type == 'unit_test' %}
        {{ return(['true']) }}
    {% endif %}
    {% set conditions = [] %}
    {% for batch in range(batches) %}
        {% set bounds = [] %}
        {% do bounds.append('hash(' ~ column ~ ') >= cast(' ~ 2 ** 64 * batch // batches ~ ' as ubigint)') if batch > 0 %}
        {% do bounds.append('hash(' ~ column ~ ') < cast(' ~ 2 ** 64 * (batch + 1) // batches ~ ' as ubigint)') if batch < batches - 1 %}
        {% do conditions.append(bounds | join(' and ')) %}
    {% endfor %}
    {{ return(conditions) }}
{% endmacro %}

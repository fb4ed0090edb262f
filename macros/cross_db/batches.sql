{#
    batch_of(column, relation), further_batches(column, relation): a table that is made of one part of its rows after the other. DuckDB keeps
    nested rows in memory until their last group is complete and does not spill them, so memory grows with the rows of a statement. The variable
    `batches` says how many statements there are: one, unless said otherwise, and then nothing is added to the model. batch_of() is the condition
    of the first, further_batches() the hook that inserts the others; they share the model's transaction, and no reader sees a part. The batches
    are ranges of the column, a number that is never null and that all rows of a group share, between the quantiles of a sample of the relation's
    rows. A range is read below a window over the column, and alone where rows lie in its order, as receipts do in the till's log.
    Athena has no such limit: one statement. A unit test is one statement too.

    {{ config(post_hook="{{ further_batches('basket_id', ref('stg_pos__transactions')) }}") }}
    with lines as (select * from {{ ref('stg_pos__transactions') }} where {{ batch_of('basket_id', ref('stg_pos__transactions')) }})
    select basket_id, {{ collect_rows(fields) }} as lines from lines group by basket_id
#}
{% macro batch_of(column, relation) -%}
    {{ return(adapter.dispatch('batch_of')(column, relation)) }}
{%- endmacro %}

{% macro duckdb__batch_of(column, relation) -%}
    {{ batch_conditions(column, relation)[0] }}
{%- endmacro %}

{% macro athena__batch_of(column, relation) -%}
    true
{%- endmacro %}

{% macro further_batches(column, relation) -%}
    {{ return(adapter.dispatch('further_batches')(column, relation)) }}
{%- endmacro %}

{% macro duckdb__further_batches(column, relation) -%}
    {%- set conditions = batch_conditions(column, relation) -%}
    {%- for condition in conditions[1:] %}
    insert into {{ this }} by name
    {{ model.compiled_code | replace(conditions[0], condition) }};
    {%- endfor %}
{%- endmacro %}

{% macro athena__further_batches(column, relation) -%}{%- endmacro %}

{# The condition of each batch. The sample is the same for model and hook: the rows whose column has a hash in the first sixty-fourth. #}
{% macro batch_conditions(column, relation) %}
    {% set batches = var('batches', 1) %}
    {% if batches is not integer or batches < 1 %}
        {{ exceptions.raise_compiler_error("The variable batches is " ~ batches ~ ": give it a whole number from 1 on.") }}
    {% endif %}
    {% if batches < 2 or not execute or model.resource_type == 'unit_test' %}
        {{ return(['true']) }}
    {% endif %}
    {% set fractions = [] %}
    {% for batch in range(1, batches) %}
        {% do fractions.append(batch / batches) %}
    {% endfor %}
    {% set sampled = 'hash(' ~ column ~ ') < ' ~ 2 ** 58 %}
    {% set quantiles = 'unnest(quantile_disc(' ~ column ~ ', ' ~ fractions ~ '))' %}
    {% set bounds = run_query('select ' ~ quantiles ~ ' from ' ~ relation ~ ' where ' ~ sampled).columns[0].values() | select | list %}
    {% if not bounds %}
        {{ return(['true']) }}
    {% endif %}
    {% set conditions = [column ~ ' < ' ~ bounds[0]] %}
    {% for bound in bounds[1:] %}
        {% do conditions.append(column ~ ' >= ' ~ bounds[loop.index0] ~ ' and ' ~ column ~ ' < ' ~ bound) %}
    {% endfor %}
    {{ return(conditions + [column ~ ' >= ' ~ bounds[-1]]) }}
{% endmacro %}

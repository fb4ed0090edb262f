{#
    stage: a source with what the vault needs beside its columns: derived, null-key, hashed and ranked ones, in that order, each from those before.

    source_model      the name of a model, or {source: table}
    derived_columns   {name: an SQL expression, or '!a constant', or a list of these, joined by concat_string}
    null_columns      {required: columns, optional: columns}: their nulls become the variables null_key_required (-1) and null_key_optional (-2), and
                      <column>_original keeps what was there
    hashed_columns    {name: a column, or a list of them for a key, or {is_hashdiff, columns, exclude_columns, casing}}; see vault_hash
    ranked_columns    {name: {partition_by, order_by, dense_rank}}; order_by: a column, or {column: 'DESC'}, or a list of these
    include_source_columns  whether the source's own columns are kept: true, unless said otherwise
    ghost_rows        whether there is one row more, of zero keys, dated 1900-01-01 in src_ldts, from system_record_value in src_source

    {{ stage(source_model='stg_merch__products', derived_columns={'record_source': '!merch', 'load_date': 'loaded_at'},
             hashed_columns={'product_hk': 'product_id', 'product_hashdiff': {'is_hashdiff': true, 'columns': ['brand', 'package_size']}}) }}
#}
{% macro stage(
    include_source_columns=true, source_model=none, derived_columns=none, null_columns=none, hashed_columns=none, ranked_columns=none,
    ghost_rows=false, src_ldts=none, src_source=none
) -%}
    {%- set mappings = {
        'derived_columns': derived_columns or {}, 'null_columns': null_columns or {}, 'hashed_columns': hashed_columns or {},
        'ranked_columns': ranked_columns or {}
    } -%}
    {%- set relation = vault_staged_relation(source_model, mappings, ghost_rows, src_ldts, src_source, kwargs) -%}
    {%- set types = vault_types(relation) -%}
    {%- set columns = types.keys() | list -%}
    {%- set made = [] -%}
    {%- set last = namespace(step='source_data') -%}
with

source_data as (

    select * from {{ relation }}

),
{% for step, mapping in mappings.items() if mapping %}
{#- What is not built yet shows no columns, and none is looked for. -#}
{%- set expressions = context['vault_' ~ step](mapping, columns if types else [], types, relation) %}
{{ step }} as (

    select
        {{ ((vault_other_columns(columns, expressions.keys()) if types else ['*']) + ['']) | join(',\n        ') }}
        {%- for name, expression in expressions.items() %}
        {{ expression }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ last.step }}

),
{% set last.step = step -%}
{% for list in (columns, made) -%}
{%- set others = vault_other_columns(list, expressions.keys()) -%}
{%- do list.clear() -%}
{%- do list.extend(others + expressions.keys() | list) -%}
{%- endfor -%}
{% endfor %}
final as (

    {%- set shown = columns if include_source_columns else made %}

    select {{ shown | join(', ') if types else '*' }}
    from {{ last.step }}

    {%- if ghost_rows %}
    union all
    select
        {%- for column in shown %}
        {% if vault_plain(column) in hashed_columns | default({}, true) | map('lower') -%}
            {{ vault_zero_key() }}
        {%- elif vault_plain(column) == vault_plain(src_ldts) -%}
            {{ vault_beginning_of_time(types.get(vault_plain(column), '')) }}
        {%- elif vault_plain(column) == vault_plain(src_source) -%}
            {{ vault_literal(var('system_record_value', 'SYSTEM')) }}
        {%- else -%}
            null
        {%- endif %} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- endif %}

)

select * from final
{%- endmacro %}

{# The source behind source_model, once what stage was called with is checked. #}
{% macro vault_staged_relation(source_model, mappings, ghost_rows, src_ldts, src_source, unknown) %}
    {% do vault_check_names('stage', ['source_model', 'include_source_columns'] + mappings.keys() | list
        + ['ghost_rows', 'src_ldts', 'src_source'], unknown) %}
    {% for argument, value in mappings.items() if value is not mapping %}
        {% do vault_refused('stage', argument, 'is ' ~ value, 'a mapping') %}
        {% do mappings.update({argument: {}}) %}
    {% endfor %}
    {% for argument, value in {'src_ldts': src_ldts, 'src_source': src_source}.items() if ghost_rows and not value %}
        {% do vault_refused('stage', argument, 'is missing', 'the name of a column that the ghost row fills') %}
    {% endfor %}
    {% if not source_model %}
        {% do vault_refused('stage', 'source_model', 'is missing', 'the name of a model, or {source: table}') %}
    {% endif %}
    {{ return(vault_relation(source_model) if source_model else this) }}
{% endmacro %}

{# The columns that are not among those made anew. #}
{% macro vault_other_columns(columns, anew) %}
    {% set others = [] %}
    {% for column in columns if vault_plain(column) not in anew | map('lower') %}
        {% do others.append(column) %}
    {% endfor %}
    {{ return(others) }}
{% endmacro %}

{# Each step's new columns as {name: expression}. #}
{% macro vault_derived_columns(mapping, columns, types, relation) %}
    {% set expressions = {} %}
    {% for name, told in mapping.items() %}
        {% set told = told.source_column if told is mapping else told %}
        {% set parts = [] %}
        {% for part in vault_list(told) %}
            {% set part = part | string %}
            {% set value = vault_literal(part[1:]) if part.startswith('!') else part %}
            {% do parts.append('cast(' ~ value ~ ' as varchar)' if told is not string and told is iterable else value) %}
        {% endfor %}
        {% do expressions.update({
            name: 'concat_ws(' ~ ([vault_literal(var('concat_string', '||'))] + parts) | join(', ') ~ ')' if parts | length > 1 else parts[0]
        }) %}
    {% endfor %}
    {{ return(expressions) }}
{% endmacro %}

{% macro vault_null_columns(mapping, columns, types, relation) %}
    {% do vault_check_names('stage', ['required', 'optional'], vault_other_columns(mapping.keys(), ['required', 'optional'])) %}
    {% set defaults = {'required': '-1', 'optional': '-2'} %}
    {% set expressions = {} %}
    {% for need, default in defaults.items() %}
        {% for column in vault_list(mapping.get(need)) %}
            {% do vault_check_stage_columns('null_columns', [column], columns, relation) %}
            {% set value = vault_literal(var('null_key_' ~ need, default)) %}
            {% set type = types.get(vault_plain(column), '') %}
            {% do expressions.update({
                column ~ '_original': column, column: 'coalesce(' ~ column ~ ', ' ~ ('cast(' ~ value ~ ' as ' ~ type ~ ')' if type else value) ~ ')'
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(expressions) }}
{% endmacro %}

{% macro vault_hashed_columns(mapping, columns, types, relation) %}
    {% set expressions = {} %}
    {% for name, told in mapping.items() %}
        {% set told = told if told is mapping else {'columns': told} %}
        {% do vault_check_names('stage', ['is_hashdiff', 'columns', 'exclude_columns', 'casing'],
            vault_other_columns(told.keys(), ['is_hashdiff', 'columns', 'exclude_columns', 'casing'])) %}
        {% set named = told.columns if told.columns is string and not told.is_hashdiff else vault_list(told.columns) %}
        {% do vault_check_stage_columns('hashed_columns', vault_list(named), columns, relation) %}
        {% if told.exclude_columns %}
            {% set named = vault_other_columns(columns, vault_list(told.columns) + [name]) %}
        {% endif %}
        {% if not named and columns %}
            {% do vault_refused('stage', 'hashed_columns', 'names no columns for ' ~ name, 'a column, or a list of them') %}
        {% endif %}
        {% do expressions.update({name: vault_hash(named or 'null', told.is_hashdiff or false, told.casing, types)}) %}
    {% endfor %}
    {{ return(expressions) }}
{% endmacro %}

{% macro vault_ranked_columns(mapping, columns, types, relation) %}
    {% set expressions = {} %}
    {% for name, told in mapping.items() %}
        {% if not told.partition_by or not told.order_by %}
            {% do vault_refused('stage', 'ranked_columns', 'lacks a part for ' ~ name, '{partition_by, order_by, dense_rank}') %}
        {% endif %}
        {% set order = [] %}
        {% for column in vault_list(told.order_by) %}
            {% do order.append((column.items() | list)[0] | join(' ') if column is mapping else column) %}
        {% endfor %}
        {% do expressions.update({
            name: ('dense_rank' if told.dense_rank else 'rank') ~ '() over (partition by ' ~ vault_list(told.partition_by) | join(', ')
                ~ ' order by ' ~ order | join(', ') ~ ')'
        }) %}
    {% endfor %}
    {{ return(expressions) }}
{% endmacro %}

{% macro vault_check_stage_columns(argument, names, columns, relation) %}
    {% set known = {} %}
    {% for column in columns %}
        {% do known.update({vault_plain(column): ''}) %}
    {% endfor %}
    {% do vault_check_columns('stage', argument, names, relation, known) %}
{% endmacro %}

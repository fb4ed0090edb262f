{#
    xts: the extended tracking satellite: one row for each key, hashdiff, satellite, load date and record source, changed or not.

    src_satellite: for each satellite the column of its hashdiff, {'sat_products': 'product_hashdiff'}, or as AutomateDV has it, with the columns'
    names in the target, {'any': {'sat_name': {'SATELLITE_NAME': 'a column, or !a constant'}, 'hashdiff': {'HASHDIFF': 'product_hashdiff'}}}.

    {{ xts(src_pk='product_hk', src_satellite={'sat_products': 'product_hashdiff'}, src_ldts='load_date', src_source='record_source',
           source_model='vstg_products') }}
#}
{% macro xts(src_pk=none, src_satellite=none, src_ldts=none, src_source=none, source_model=none, src_extra_columns=none) -%}
    {%- set tracked = vault_tracked_satellites(src_satellite) -%}
    {%- set first = tracked[0] -%}
    {%- set given = vault_arguments('xts', source_model, {
        'src_pk': src_pk, 'src_satellite': first, 'src_extra_columns': src_extra_columns, 'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_extra_columns'], kwargs) -%}
    {%- set parts = [] -%}
    {%- for part in given.parts -%}
        {%- for satellite in tracked -%}
            {%- set columns = vault_columns('xts', 'src_satellite', satellite, false) -%}
            {%- do vault_check_columns('xts', 'src_satellite', columns | map(attribute='source') | list, part.relation, part.types) -%}
            {%- set rest = part.columns | rejectattr('name', 'in', columns | map(attribute='name') | list) | list -%}
            {%- do parts.append({'relation': part.relation, 'columns': rest[:given.src_pk | length] + columns + rest[given.src_pk | length:]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do given.update({'parts': parts}) -%}
    {{ vault_first_rows('xts', given, given.src_pk + given.src_satellite + given.src_ldts + given.src_source, given.src_pk + given.src_ldts) }}
{%- endmacro %}

{# Each satellite as its two columns, hashdiff and name, in the form of a column argument. #}
{% macro vault_tracked_satellites(src_satellite) %}
    {% set found = [] %}
    {% for name, told in (src_satellite.items() if src_satellite is mapping else []) %}
        {% if told is string %}
            {% set told = {'sat_name': {'satellite_name': '!' ~ name}, 'hashdiff': {'hashdiff': told}} %}
        {% endif %}
        {% set columns = [] %}
        {% for part in ('hashdiff', 'sat_name') %}
            {% set alias, column = (told.get(part).items() | list)[0] if told.get(part) is mapping else (none, none) %}
            {% if column is none %}
                {% do vault_refused('xts', 'src_satellite', 'says no ' ~ part ~ ' for ' ~ name, '{sat_name: {alias: column}, hashdiff: {alias: column}}') %}
            {% endif %}
            {% do columns.append({'source_column': vault_literal(column[1:]) if column and column.startswith('!') else column, 'alias': alias}) %}
        {% endfor %}
        {% do found.append(columns) %}
    {% endfor %}
    {{ return(found or [none]) }}
{% endmacro %}

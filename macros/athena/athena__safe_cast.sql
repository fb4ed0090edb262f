{#
    athena__safe_cast(field, type): what dbt.safe_cast gives on Athena, which the values of unit tests go through, in place of dbt-athena's own
    macro. That one turns into a null, without a word, a moment with its ISO T (Athena does not read it) and anything nested (read as JSON here);
    and a moment of a view's column becomes one of milliseconds, which no Iceberg table takes.

    {{ dbt.safe_cast("'2017-03-12T04:59:59'", 'timestamp') }}
#}
{% macro athena__safe_cast(field, type) -%}
    {%- if type.startswith('timestamp') -%}
        try_cast(replace(cast({{ field }} as varchar), 'T', ' ') as timestamp(6))
    {%- elif type.startswith('array') -%}
        {%- set rows = type | replace('struct<', 'row(') | replace('array<', 'array(') | replace('>', ')') | replace(':', ' ') -%}
        try_cast(json_parse({{ field }}) as {{ dml_data_type(rows) }})
    {%- else -%}
        try_cast({{ field }} as {{ type }})
    {%- endif -%}
{%- endmacro %}

{#
    athena__safe_cast(field, type): what dbt.safe_cast gives on Athena, which the values of unit tests go through, in place of dbt-athena's own
    macro. That one turns what it cannot read into a null, without a word: a moment with its ISO T, anything nested (JSON here), a slip of the pen.
    And a moment of a view's column becomes one of milliseconds, which no Iceberg table takes.

    {{ dbt.safe_cast("'2017-03-12T04:59:59'", 'timestamp') }}
#}
{% macro athena__safe_cast(field, type) -%}
    {%- if type.startswith('timestamp') -%}
        cast(replace(cast({{ field }} as varchar), 'T', ' ') as timestamp(6))
    {%- elif type.startswith('array') -%}
        {%- set rows = type | replace('struct<', 'row(') | replace('array<', 'array(') | replace('>', ')') | replace(':', ' ') -%}
        cast(json_parse({{ field }}) as {{ dml_data_type(rows) }})
    {%- elif 'binary' in type -%}
        to_utf8(cast({{ field }} as varchar))
    {%- else -%}
        cast({{ field }} as {{ type }})
    {%- endif -%}
{%- endmacro %}

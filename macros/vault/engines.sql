{#
    What the two engines spell differently. Everything else in this folder is one SQL for both.

    vault_normal(column, data_type, casing): a column's text as it is hashed: trimmed, in upper case unless casing is DISABLED, null when blank.
    The blanks are Unicode's spaces (no tabs), and ß becomes ẞ, as on DuckDB; a moment loses the zeros at its end. The text of a whole number, a
    decimal, a day or a moment has neither blanks nor letters, and is taken as it is.
    vault_digest(text, algorithm, form): its digest, as bytes or as upper-case hexadecimal.
    vault_bytes(hexadecimal): a constant of bytes. vault_hexadecimal(column): the text of a column of bytes.
    vault_raise(sentence): an expression that stops the statement with a sentence, when it is evaluated.
#}
{% macro vault_normal(column, data_type='', casing=none) -%}
    {%- set trimmed = adapter.dispatch('vault_trimmed')(column, data_type | lower) | trim -%}
    {%- if vault_is_digits(data_type) -%}
        {{ return(trimmed) }}
    {%- endif -%}
    nullif({{ trimmed if (casing or var('hash_content_casing', 'UPPER')) | upper == 'DISABLED' else 'upper(' ~ trimmed ~ ')' }}, '')
{%- endmacro %}

{# Whether a type's text consists of digits and of what stands between them. #}
{% macro vault_is_digits(data_type) %}
    {% set kind = (data_type | lower).split('(')[0] | trim %}
    {{ return(kind in ('integer', 'int', 'bigint', 'smallint', 'tinyint', 'hugeint', 'decimal', 'numeric', 'date', 'timestamp')
        and 'zone' not in data_type | lower) }}
{% endmacro %}

{% macro duckdb__vault_trimmed(column, data_type) -%}
    {%- set text = 'hex(' ~ column ~ ')' if data_type == 'blob' else 'cast(' ~ column ~ ' as varchar)' -%}
    {{ text if vault_is_digits(data_type) else 'trim(' ~ text ~ ')' }}
{%- endmacro %}

{% macro athena__vault_trimmed(column, data_type) -%}
    {%- set text = 'cast(' ~ column ~ ' as varchar)' -%}
    {%- if 'timestamp' in data_type -%}
        {%- set text = "regexp_replace(" ~ text ~ ", '(\\.\\d*?)0+$', '$1')" -%}
        {%- set text = "regexp_replace(" ~ text ~ ", '\\.$', '')" -%}
    {%- elif 'binary' in data_type -%}
        {%- set text = 'to_hex(' ~ column ~ ')' -%}
    {%- endif -%}
    {{ text if vault_is_digits(data_type) else "replace(regexp_replace(" ~ text ~ ", '^\\p{Zs}+|\\p{Zs}+$', ''), 'ß', 'ẞ')" }}
{%- endmacro %}

{% macro vault_digest(text, algorithm, form) -%}
    {{ return(adapter.dispatch('vault_digest')(text, algorithm, form)) }}
{%- endmacro %}

{% macro duckdb__vault_digest(text, algorithm, form) -%}
    {{ 'unhex' if form == 'binary' else 'upper' }}({{ algorithm }}({{ text }}))
{%- endmacro %}

{% macro athena__vault_digest(text, algorithm, form) -%}
    {{ algorithm ~ '(to_utf8(' ~ text ~ '))' if form == 'binary' else 'to_hex(' ~ algorithm ~ '(to_utf8(' ~ text ~ ')))' }}
{%- endmacro %}

{% macro vault_bytes(hexadecimal) -%}
    {{ return(adapter.dispatch('vault_bytes')(hexadecimal)) }}
{%- endmacro %}

{% macro duckdb__vault_bytes(hexadecimal) -%}
    unhex('{{ hexadecimal }}')
{%- endmacro %}

{% macro athena__vault_bytes(hexadecimal) -%}
    from_hex('{{ hexadecimal }}')
{%- endmacro %}

{% macro vault_hexadecimal(column) -%}
    {{ return(adapter.dispatch('vault_hexadecimal')(column)) }}
{%- endmacro %}

{% macro duckdb__vault_hexadecimal(column) -%}
    hex({{ column }})
{%- endmacro %}

{% macro athena__vault_hexadecimal(column) -%}
    to_hex({{ column }})
{%- endmacro %}

{% macro vault_raise(sentence) -%}
    {{ return(adapter.dispatch('vault_raise')(sentence)) }}
{%- endmacro %}

{% macro duckdb__vault_raise(sentence) -%}
    error('{{ sentence | replace("'", "''") }}')
{%- endmacro %}

{% macro athena__vault_raise(sentence) -%}
    fail('{{ sentence | replace("'", "''") }}')
{%- endmacro %}

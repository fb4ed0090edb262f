{#
    A hash of many rows whose keys repeat, made from texts that are made once a key: what vault_hash gives for the list of columns, without
    normalizing each of them once a row.

    hash_part(column, data_type): a column as it enters vault_hash's list. Codes without case, blanks and delimiters are such a text already.
    hash_parts(parts): texts as the list of them. hash_of_parts(parts): the hash of the list.

    {{ hash_of_parts(['products.hash_text', 'stores.hash_text']) }} as product_store_hk
#}
{% macro hash_part(column, data_type='') -%}
    {%- set placeholder = var('null_placeholder_string', '^^') -%}
    {%- set text = vault_escaped(vault_normal(column, data_type), var('concat_string', '||') ~ placeholder) -%}
    coalesce({{ text }}, {{ vault_literal(placeholder) }})
{%- endmacro %}

{% macro hash_parts(parts) -%}
    {{ parts | join(' || ' ~ vault_literal(var('concat_string', '||')) ~ ' || ') }}
{%- endmacro %}

{% macro hash_of_parts(parts) -%}
    {{ vault_digest(hash_parts(parts), vault_hash_settings().algorithm, vault_hash_settings().form) }}
{%- endmacro %}

{#
    week_published_at(week): when the promotion file of a grocer's week appeared, UTC: on its first local day.

    {{ week_published_at('grocer_week') }} as load_date
#}
{% macro week_published_at(week) -%}
    {%- set monday = dbt.dateadd('day', '7 * (' ~ week ~ ' - 1)', "cast(date '" ~ var('grocer_first_monday') ~ "' as timestamp)") -%}
    {{ local_to_utc("greatest(" ~ monday ~ ", timestamp '" ~ var('grocer_year_start') ~ " 00:00:00')") }}
{%- endmacro %}

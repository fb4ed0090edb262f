{#
    vault_hash(columns, is_hashdiff, casing, types): the hash of a column, or of a list of them.

    A key keeps its columns' order, and is null when all of them are null or blank. A hashdiff sorts its columns, and is never null. With
    hash_collision_safe (the default) a delimiter or a null's placeholder inside a value is escaped by a backslash, so that no two lists of values
    share a hash; values without either hash as everywhere else. casing: UPPER or DISABLED, for all columns or as a mapping of them.
    vault_hash_text(column): the hash as upper-case hexadecimal, to compare and to show.
    vault_zero_key(data_type): the key of nothing in a column of that type: what a ghost record has.

    Variables: hash (MD5, SHA1, SHA256), hash_form (binary or hex), hash_content_casing (UPPER or DISABLED), hash_collision_safe,
    concat_string (||), null_placeholder_string (^^).

    {{ vault_hash(['household_id', 'campaign_id']) }} as campaign_household_hk
#}
{% macro vault_hash(columns, is_hashdiff=false, casing=none, types={}) -%}
    {%- set names = [columns] if columns is string else (columns | sort if is_hashdiff else columns) -%}
    {%- set placeholder = var('null_placeholder_string', '^^') -%}
    {%- set delimiter = var('concat_string', '||') -%}
    {%- set special = delimiter ~ placeholder -%}
    {%- set special_in_digits = special | list | select('in', '0123456789-+:. ') | list -%}
    {%- set parts = [] -%}
    {%- for name in names -%}
        {%- set own = casing.get(name) if casing is mapping else casing -%}
        {%- set type = types.get(vault_plain(name), '') -%}
        {%- if name.startswith('!') -%}
            {%- do parts.append({'text': vault_literal(name[1:]), 'special': special}) -%}
        {%- else -%}
            {%- do parts.append({'text': vault_normal(name, type, own), 'special': special if special_in_digits or not vault_is_digits(type) else ''}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if names | length == 1 and not is_hashdiff -%}
        {%- set text = parts[0].text -%}
    {%- else -%}
        {%- set filled = [] -%}
        {%- for part in parts -%}
            {%- do filled.append("coalesce(" ~ vault_escaped(part.text, part.special) ~ ", " ~ vault_literal(placeholder) ~ ")") -%}
        {%- endfor -%}
        {%- set text = filled | join(' || ' ~ vault_literal(delimiter) ~ ' || ') -%}
        {%- if not is_hashdiff -%}
            {%- set text = 'nullif(' ~ text ~ ', ' ~ vault_literal(([placeholder] * (names | length)) | join(delimiter)) ~ ')' -%}
        {%- endif -%}
    {%- endif -%}
    {{ vault_digest(text, vault_hash_settings().algorithm, vault_hash_settings().form) }}
{%- endmacro %}

{% macro vault_hash_text(column) -%}
    {{ vault_hexadecimal(column) if vault_hash_settings().form == 'binary' else column }}
{%- endmacro %}

{% macro vault_zero_key(data_type='') -%}
    {%- set kind = data_type | lower or ('binary' if vault_hash_settings().form == 'binary' else 'varchar') -%}
    {%- set zeros = '0' * vault_hash_settings().digits -%}
    {%- if 'binary' in kind or 'blob' in kind -%}
        {{ vault_bytes(zeros) }}
    {%- elif 'char' in kind or 'string' in kind or 'text' in kind -%}
        '{{ zeros }}'
    {%- elif 'uuid' in kind -%}
        cast('00000000-0000-0000-0000-000000000000' as uuid)
    {%- elif 'date' in kind or 'timestamp' in kind -%}
        {{ vault_beginning_of_time(kind) }}
    {%- else -%}
        cast(0 as {{ data_type }})
    {%- endif -%}
{%- endmacro %}

{# The algorithm's function, the form, and the digits of the hexadecimal text; refused when a variable says something else. #}
{% macro vault_hash_settings() %}
    {% set wanted = var('hash', 'MD5') | upper | replace('-', '') %}
    {% set known = {'MD5': ('md5', 32), 'SHA1': ('sha1', 40), 'SHA': ('sha256', 64), 'SHA256': ('sha256', 64)} %}
    {% if wanted not in known %}
        {{ exceptions.raise_compiler_error("The variable hash is " ~ var('hash') ~ "; expected MD5, SHA1 or SHA256.") }}
    {% elif var('hash_form', 'binary') not in ('binary', 'hex') %}
        {{ exceptions.raise_compiler_error("The variable hash_form is " ~ var('hash_form') ~ "; expected binary or hex.") }}
    {% endif %}
    {{ return({'algorithm': known[wanted][0], 'digits': known[wanted][1], 'form': var('hash_form', 'binary')}) }}
{% endmacro %}

{# A text in which no character of `special` stands without a backslash before it. #}
{% macro vault_escaped(text, special) %}
    {% if not special or not var('hash_collision_safe', true) %}
        {{ return(text) }}
    {% endif %}
    {% set safe = namespace(text=text) %}
    {% for character in ['\\'] + (special | replace('\\', '') | list | unique | list) %}
        {% set safe.text = 'replace(' ~ safe.text ~ ', ' ~ vault_literal(character) ~ ', ' ~ vault_literal('\\' ~ character) ~ ')' %}
    {% endfor %}
    {{ return(safe.text) }}
{% endmacro %}

{# A text constant of SQL. #}
{% macro vault_literal(text) %}
    {{ return("'" ~ (text | string | replace("'", "''")) ~ "'") }}
{% endmacro %}

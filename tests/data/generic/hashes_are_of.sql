{#
    hashes_are_of: each hash is the digest of its columns' canonical texts, in the order given, with the delimiter between them and the placeholder
    for a null. For values in which neither occurs. Fails with one row a hash that is another.
    hashes: {hash column: the columns in it}; a hashdiff's in alphabetical order.
    among: a condition; the rows that it leaves out are not hashed.

    data_tests:
      - hashes_are_of:
          arguments:
            hashes: {household_tier_hk: [household_id, tier]}
#}
{% test hashes_are_of(model, hashes, among='true') %}

{% set types = vault_types(model) %}
{% set settings = vault_hash_settings() %}
{% set placeholder = vault_literal(var('null_placeholder_string', '^^')) %}
{% for hash, columns in hashes.items() %}
    {% set texts = [] %}
    {% for column in columns %}
        {% do texts.append('coalesce(' ~ vault_normal(column, types.get(vault_plain(column), '')) ~ ', ' ~ placeholder ~ ')') %}
    {% endfor %}
    {{ 'union all' if not loop.first }}
    select
        '{{ hash }}' as hash_column,
        {{ vault_hash_text(hash) }} as found
    from {{ model }}
    where
        ({{ among }})
        and {{ hash }}
        is distinct from {{ vault_digest(texts | join(" || " ~ vault_literal(var('concat_string', '||')) ~ " || "), settings.algorithm, settings.form) }}
{% endfor %}

{% endtest %}

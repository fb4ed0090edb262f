{#
    references_exist: every value that points at another table is found there; null points nowhere. All of a table's references in one test:
    each reads the distinct values of its columns, which is cheap on a big table. Fails with one row a value that leads nowhere.
    references: {columns, to, to_columns} (to_columns: the same names without it). A hash key (…_hk) is shown as its canonical text.

    data_tests:
      - references_exist:
          arguments:
            references:
              - {columns: [product_id], to: ref('nf3_products')}
              - {columns: [home_store_id], to: ref('nf3_stores'), to_columns: [store_id]}
#}
{% test references_exist(model, references) %}

{% for reference in references %}
    {% set theirs = reference.to_columns or reference.columns %}
    {{ 'union all' if not loop.first }}

    select
        '{{ reference.columns | join(', ') }}' as reference_columns,
        {% for column in reference.columns %}
            {{ "|| ', ' || " if not loop.first }}{{
                vault_hash_text('ours.' ~ column) if column.endswith('_hk') else 'cast(ours.' ~ column ~ ' as varchar)'
            }}
        {% endfor %}
        as missing_value
    from (
        select distinct {{ reference.columns | join(', ') }}
        from {{ model }}
        where
            {% for column in reference.columns %}
                {{ 'and ' if not loop.first }}{{ column }} is not null
            {% endfor %}
    ) as ours
    left join {{ reference.to }} as theirs
        on
            {% for column in reference.columns %}
                {{ 'and ' if not loop.first }}ours.{{ column }} = theirs.{{ theirs[loop.index0] }}
            {% endfor %}
    where theirs.{{ theirs[0] }} is null
{% endfor %}

{% endtest %}

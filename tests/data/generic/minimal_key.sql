{#
    minimal_key: the columns together identify a row, and no part of them does: the key has no column too many.
    Fails with one row for a key that does not identify, and one a column that could be left out.

    data_tests:
      - minimal_key:
          arguments: {columns: [basket_id, product_id]}
#}
{% test minimal_key(model, columns) %}

select 'the columns do not identify a row' as reason
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% for column in columns %}
    {% set rest = columns | reject('equalto', column) | list %}

union all

    select '{{ column }} is not needed' as reason
    from (select count(*) as row_count from {{ model }}) as counted
    where
        counted.row_count > 1
        and not exists (
            {% if rest %}
                select count(*) as doubled
                from {{ model }}
                group by {{ rest | join(', ') }}
                having count(*) > 1
            {% else %}
                select 1 as doubled
            {% endif %}
        )
{% endfor %}

{% endtest %}

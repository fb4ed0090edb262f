{#
    lossless_rejoin: joining the parts of a decomposition gives the table they were taken from: no row and no value more or less.
    Both directions in one pass: rows are matched on the key, and every column is compared. Fails with one row a key that differs.
    model: the part that holds the key. whole: what was taken apart. key: its key.
    columns: column of the whole, and the expression that gives it back. joins: {relation, name, condition}; with `kind: inner` a join also
    keeps out rows of the part that the whole could never hold.

    data_tests:
      - lossless_rejoin:
          arguments:
            whole: ref('nf1_receipt_lines')
            key: [basket_id, product_id]
            joins: [{relation: ref('nf2_receipts'), name: receipts, condition: part.basket_id = receipts.basket_id}]
            columns: {quantity: part.quantity, store_id: receipts.store_id}
#}
{% test lossless_rejoin(model, whole, key, joins, columns) %}

with

rejoined as (

    select
        {% for column in key %}
            part.{{ column }},
        {% endfor %}
        {% for column, expression in columns.items() %}
            {{ expression }} as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ model }} as part
    {% for join in joins %}
        {{ join.kind or 'left' }} join {{ join.relation }} as {{ join.name }} on {{ join.condition }}
    {% endfor %}

)

select
    {% for column in key %}
        coalesce(whole.{{ column }}, rejoined.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ whole }} as whole
full outer join rejoined
    on
        {% for column in key %}
            {{ 'and ' if not loop.first }}whole.{{ column }} = rejoined.{{ column }}
        {% endfor %}
where
    whole.{{ key[0] }} is null
    or rejoined.{{ key[0] }} is null
    {% for column in columns %}
        or whole.{{ column }} is distinct from rejoined.{{ column }}
    {% endfor %}

{% endtest %}

{#
    holds_first_arrivals: no staged row comes before the one that a hub or link has kept of its key: by load date, then by record source. It warns:
    an insert-only table keeps what it has seen first, until a full refresh, and a row that arrives late may be older. Finds one row a key.
    key: the hash key. stages: all that load the table, so that one forgotten in the model is missed here.

    data_tests:
      - holds_first_arrivals:
          arguments: {key: coupon_hk, stages: [ref('vstg_coupons'), ref('vstg_redemptions')]}
#}
{% test holds_first_arrivals(model, key, stages) %}

{{ config(severity='warn') }}

with

staged as (

    {% for stage in stages %}
        {{ 'union all' if not loop.first }}
        select
            {{ key }},
            load_date,
            record_source
        from {{ stage }}
        where {{ key }} is not null
    {% endfor %}

)

select distinct {{ vault_hash_text('staged.' ~ key) }} as key_text
from staged
inner join {{ model }} as kept on staged.{{ key }} = kept.{{ key }}
where
    staged.load_date < kept.load_date
    or (staged.load_date = kept.load_date and staged.record_source < kept.record_source)

{% endtest %}

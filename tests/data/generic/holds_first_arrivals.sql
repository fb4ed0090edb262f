{#
    holds_first_arrivals: a hub or link has every key that is staged, and no staged row comes before the one it kept: by load date, then by record
    source. What the stages no longer have may stay. Fails with one row a key.
    key: the hash key. stages: all that load the table, so that one forgotten in the model is missed here.

    data_tests:
      - holds_first_arrivals:
          arguments: {key: coupon_hk, stages: [ref('vstg_coupons'), ref('vstg_redemptions')]}
#}
{% test holds_first_arrivals(model, key, stages) %}

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
left join {{ model }} as kept on staged.{{ key }} = kept.{{ key }}
where
    kept.{{ key }} is null
    or staged.load_date < kept.load_date
    or (staged.load_date = kept.load_date and staged.record_source < kept.record_source)

{% endtest %}

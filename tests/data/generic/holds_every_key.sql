{#
    holds_every_key: a hub or link has every key that is staged. What the stages no longer have may stay. Fails with one row a key.
    key: the hash key. stages: all that load the table, so that one forgotten in the model is missed here.

    data_tests:
      - holds_every_key:
          arguments: {key: coupon_hk, stages: [ref('vstg_coupons'), ref('vstg_redemptions')]}
#}
{% test holds_every_key(model, key, stages) %}

with

staged as (

    {% for stage in stages %}
        {{ 'union distinct' if not loop.first }}
        select {{ key }}
        from {{ stage }}
        where {{ key }} is not null
    {% endfor %}

)

select {{ vault_hash_text('staged.' ~ key) }} as key_text
from staged
left join {{ model }} as kept on staged.{{ key }} = kept.{{ key }}
where kept.{{ key }} is null

{% endtest %}

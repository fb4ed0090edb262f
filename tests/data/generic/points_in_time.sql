{#
    points_in_time: a point-in-time table has a row for each key of its hub and each as-of date, and points at the latest row of each satellite up to
    that moment, or at the ghost record where there is none. Fails with one row a key and moment.
    The columns are those of the macro pit with the aliases pk and ldts: <satellite>_pk, <satellite>_ldts.

    data_tests:
      - points_in_time:
          arguments:
            {key: product_hk, hub: ref('hub_products'), as_of_dates: ref('vstg_month_ends'), satellites: [ref('sat_product_catalogue')]}
#}
{% test points_in_time(model, key, hub, as_of_dates, satellites) %}

with

moments as (

    select
        hub.{{ key }},
        as_of_dates.as_of_date
    from {{ hub }} as hub
    cross join {{ as_of_dates }} as as_of_dates

)

{% for satellite in satellites %}
    ,

    held_{{ loop.index }} as (

        select
            moments.{{ key }},
            moments.as_of_date,
            max(satellite.load_date) as load_date
        from moments
        inner join {{ satellite }} as satellite
            on
                moments.{{ key }} = satellite.{{ key }}
                and moments.as_of_date >= satellite.load_date
        group by moments.{{ key }}, moments.as_of_date

    )
{% endfor %}

select
    {{ vault_hash_text('moments.' ~ key) }} as key_text,
    moments.as_of_date
from moments
left join {{ model }} as pointers
    on
        moments.{{ key }} = pointers.{{ key }}
        and moments.as_of_date = pointers.as_of_date
{% for satellite in satellites %}
    left join held_{{ loop.index }}
        on
            moments.{{ key }} = held_{{ loop.index }}.{{ key }}
            and moments.as_of_date = held_{{ loop.index }}.as_of_date
{% endfor %}
where
    pointers.{{ key }} is null
    {% for satellite in satellites %}
        or pointers.{{ satellite.identifier }}_pk is distinct from coalesce(held_{{ loop.index }}.{{ key }}, {{ vault_zero_key() }})
        or pointers.{{ satellite.identifier }}_ldts
        is distinct from coalesce(held_{{ loop.index }}.load_date, {{ vault_beginning_of_time('timestamp') }})
    {% endfor %}

{% endtest %}

{#
    grain_by_bits: the same check as `grain`, for a table of many millions of rows whose grain has one column of small integers (0 to 62) and
    no nulls (by contract). Complete, at a third of the cost: rows are grouped by `coarse` columns of the grain, and a group that has more
    rows than different small integers, a rare thing, is looked at in full. Fails with one row a combination that occurs more than once.
    coarse: columns of the grain that leave few rows a group; small_integer: another column of the grain.

    data_tests:
      - grain_by_bits:
          arguments: {coarse: [product_key, store_key], small_integer: grocer_week}
#}
{% test grain_by_bits(model, coarse, small_integer) %}

{% set key = declared_grain(model) %}

with

suspects as (

    select {{ coarse | join(', ') }}
    from {{ model }}
    group by {{ coarse | join(', ') }}
    having count(*) > {{ count_distinct_small_integers(small_integer) }}

)

select
    {% for column in key %}
        rows_of_suspects.{{ column }},
    {% endfor %}
    count(*) as row_count
from {{ model }} as rows_of_suspects
inner join suspects
    on
        {% for column in coarse %}
            {{ 'and ' if not loop.first }}rows_of_suspects.{{ column }} = suspects.{{ column }}
        {% endfor %}
group by
    {% for column in key %}
        rows_of_suspects.{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
having count(*) > 1

{% endtest %}

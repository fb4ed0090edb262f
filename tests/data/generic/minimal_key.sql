{#
    minimal_key: the columns identify a row, none of them is ever null, and no part of them identifies a row: the key has no column too many.
    It says all that `grain` says, and more. One scan, grouped by the key and by the key less each of its columns.
    columns: a list; without it the one that the model declares in config.meta.grain.
    Fails with one row a reason: the columns are no key, or one of them could be left out.

    data_tests: [minimal_key]
#}
{% test minimal_key(model, columns=none) %}

{% set key = columns or declared_grain(model) %}

with

groups_of_rows as (

    select
        {{ key | join(', ') }},
        grouping({{ key | join(', ') }}) as left_out,
        count(*) as row_count
    from {{ model }}
    group by
        grouping sets (
            ({{ key | join(', ') }})
            {% for column in key %}
                , ({{ key | reject('equalto', column) | join(', ') }})
            {% endfor %}
        )

),

candidates as (

    select
        left_out,
        sum(row_count) as row_count,
        max(row_count) = 1 as is_unique,
        sum(
            case
                when
                    {% for column in key %}
                        {{ 'or ' if not loop.first }}{{ column }} is null
                    {% endfor %}
                    then 1
                else 0
            end
        ) as incomplete_count
    from groups_of_rows
    group by left_out

)

-- Each column is a bit of left_out, the last one the lowest.
select
    case left_out
        when 0 then 'the columns do not identify a row, or one of them is null'
        {% for column in key %}
            when {{ 2 ** loop.revindex0 }} then '{{ column }} is not needed'
        {% endfor %}
    end as reason
from candidates
where
    (left_out = 0 and (not is_unique or incomplete_count > 0))
    or (left_out > 0 and is_unique and row_count > 1)

{% endtest %}

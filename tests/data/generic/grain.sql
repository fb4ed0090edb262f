{#
    grain: the columns identify a row, and none of them is ever null. One scan. Fails with one row a combination that does not hold.
    columns: a list; without it the one that the model declares in config.meta.grain, so that the grain is written once.

    data_tests: [grain]
#}
{% test grain(model, columns=none) %}

{% set key = columns or declared_grain(model) %}

select
    {{ key | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ key | join(', ') }}
having
    count(*) > 1
    {% for column in key %}
        or {{ column }} is null
    {% endfor %}

{% endtest %}

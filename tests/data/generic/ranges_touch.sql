{#
    ranges_touch: the ranges of one thing follow each other from the first to the open one without gap or overlap: each begins before it ends,
    ends (exclusive) where the next begins, and only the last one is open. Fails with one row a range that breaks this.
    of: the columns that say whose ranges they are.

    data_tests:
      - ranges_touch:
          arguments: {of: [household_id], valid_from: valid_from, valid_to: valid_to}
#}
{% test ranges_touch(model, of, valid_from='valid_from', valid_to='valid_to') %}

with

ranges as (

    select
        {{ of | join(', ') }},
        {{ valid_from }} as range_from,
        {{ valid_to }} as range_to,
        lead({{ valid_from }}) over (
            partition by {{ of | join(', ') }}
            order by {{ valid_from }}, {{ valid_to }} nulls last
        ) as next_from
    from {{ model }}

)

select
    {{ of | join(', ') }},
    range_from,
    range_to,
    next_from
from ranges
where
    range_from is null
    or range_to <= range_from
    or range_to is distinct from next_from

{% endtest %}

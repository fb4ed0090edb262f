{#
    functional_dependency: equal determinants have equal dependents, a null being a value like any other. One scan.
    Fails with one row a determinant that comes with several combinations of dependents.

    data_tests:
      - functional_dependency:
          arguments: {determinant: [basket_id], dependents: [household_id, store_id]}
#}
{% test functional_dependency(model, determinant, dependents) %}

with

combinations as (

    select distinct {{ (determinant + dependents) | join(', ') }}
    from {{ model }}

)

select
    {{ determinant | join(', ') }},
    count(*) as combination_count
from combinations
group by {{ determinant | join(', ') }}
having count(*) > 1

{% endtest %}

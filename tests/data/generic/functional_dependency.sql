{#
    functional_dependency: equal determinants have equal dependents; a null is a value like any other. One scan, no count(distinct).
    Fails with one row a determinant that has two values of a dependent.

    data_tests:
      - functional_dependency:
          arguments: {determinant: [basket_id], dependents: [household_id, store_id]}
#}
{% test functional_dependency(model, determinant, dependents) %}

{{ functional_dependency_violations(model, determinant, dependents) }}

{% endtest %}

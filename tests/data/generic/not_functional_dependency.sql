{#
    not_functional_dependency: a dependency that one expects and that the data does not have; models rely on its absence.
    Fails when it holds after all, or, on all of the year's data, when another number of determinants breaks it than expected.

    data_tests:
      - not_functional_dependency:
          arguments: {determinant: [product_type], dependents: [product_category], expected_violations: 764}
#}
{% test not_functional_dependency(model, determinant, dependents, expected_violations=none) %}

with

violations as (

    {{ functional_dependency_violations(model, determinant, dependents) }}

),

counted as (

    select count(*) as violation_count from violations

)

select counted.violation_count
from counted
where
    counted.violation_count = 0
    {% if expected_violations is not none %}
        or (
            counted.violation_count <> {{ expected_violations }}
            and exists (select clock.as_of from {{ ref('stg_meta__clock') }} as clock where clock.is_whole_year)
        )
    {% endif %}

{% endtest %}

{#
    not_functional_dependency: a dependency that one expects and that the data does not have; models rely on its absence.
    Only known values contradict each other: a null, on either side, is no evidence. One scan.
    Fails when the dependency holds after all, or, on all of the year's data, when another number of determinants breaks it than expected.

    data_tests:
      - not_functional_dependency:
          arguments: {determinant: [product_type], dependents: [product_category], expected_violations: 764}
#}
{% test not_functional_dependency(model, determinant, dependents, expected_violations=none) %}

with

determinants as (

    select
        {{ determinant | join(', ') }},
        case
            when
                {% for column in dependents %}
                    {{ 'or ' if not loop.first }}min({{ column }}) <> max({{ column }})
                {% endfor %}
                then 1
            else 0
        end as violation_count
    from {{ model }}
    where
        {% for column in determinant %}
            {{ 'and ' if not loop.first }}{{ column }} is not null
        {% endfor %}
    group by {{ determinant | join(', ') }}

),

-- No row at all for an empty table: it shows nothing.
counted as (

    select sum(violation_count) as violation_count
    from determinants
    having count(*) > 0

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

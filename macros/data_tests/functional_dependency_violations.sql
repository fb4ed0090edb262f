{#
    functional_dependency_violations(relation, determinant, dependents): a query for the determinants that do not determine every
    dependent: they have two values of it, or a value and a null. One scan, and no count(distinct).

    {{ functional_dependency_violations(model, ['basket_id'], ['store_id']) }}
#}
{% macro functional_dependency_violations(relation, determinant, dependents) %}
select {{ determinant | join(', ') }}
from {{ relation }}
group by {{ determinant | join(', ') }}
having
    {% for dependent in dependents %}
        {{ 'or ' if not loop.first }}min({{ dependent }}) <> max({{ dependent }})
        or count({{ dependent }}) not in (0, count(*))
    {% endfor %}
{% endmacro %}

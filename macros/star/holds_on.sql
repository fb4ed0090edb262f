{#
    holds_on(version, day): whether a version of a type 2 dimension, known in the query as `version`, holds on a day: valid_from is its first
    day, valid_to the first one after it, null while it is current.

    left join household_versions
        on
            receipts.household_id = household_versions.household_id
            and {{ holds_on('household_versions', 'receipts.sold_date') }}
#}
{% macro holds_on(version, day) -%}
    {{ day }} >= {{ version }}.valid_from
    and {{ day }} < coalesce({{ version }}.valid_to, date '9999-12-31')
{%- endmacro %}

{#
    no_finding: a rule of the data's quality has no finding. A finding is told and stops nothing: the test warns, with one row a finding.
    rule: the rule's name in rule_name.

    data_tests:
      - no_finding: {name: product_not_in_catalogue, arguments: {rule: product_not_in_catalogue}}
#}
{% test no_finding(model, rule) %}

{{ config(severity='warn') }}

select * from {{ model }}
where rule_name = '{{ rule }}'

{% endtest %}

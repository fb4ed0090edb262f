{#
    is_fresh: no materialized view is further behind its input than its config's max_staleness allows. Fails with one row a view that is.

    data_tests: [is_fresh]
#}
{% test is_fresh(model) %}

select * from {{ model }}
where is_stale

{% endtest %}

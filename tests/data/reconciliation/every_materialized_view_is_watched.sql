{#
    Fails with one row a materialized view that promises to be fresh and is not in vw_freshness, or with another moment of its input than the input
    has.
#}
{% set views = [] %}
{% for node in graph.nodes.values() if node.config.materialized == 'materialized_view' and node.config.max_staleness %}
{% do views.append(node) %}
{% endfor %}
-- depends_on: {{ ref('vw_freshness') }}
-- depends_on: {{ ref('fct_coupon_redemptions') }}
-- depends_on: {{ ref('fct_household_months') }}
-- depends_on: {{ ref('fct_sales_lines') }}
-- depends_on: {{ ref('obt_sales_lines') }}

with

promised as (

    select
        'none' as materialized_view,
        cast(null as timestamp(6)) as input_until
    where false
    {% for node in views if execute %}
    union all
    select
        '{{ node.name }}' as materialized_view,
        cast(max({{ node.config.max_staleness.column }}) as timestamp(6)) as input_until
    from {{ ref(node.config.max_staleness.input) }}
    {% endfor %}

),

watched as (

    select * from {{ ref('vw_freshness') }}

)

select
    promised.materialized_view,
    promised.input_until,
    watched.input_until as watched_until
from promised
left join watched on promised.materialized_view = watched.materialized_view
where
    watched.materialized_view is null
    or promised.input_until is distinct from watched.input_until

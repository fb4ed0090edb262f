{#
    materialized_view_inputs(): a query of one row a materialized view of the project that has max_staleness in its config: {materialized_view,
    input, input_until, max_staleness_hours}; input_until is the latest moment that the input holds now.

    max_staleness={'input': 'fct_sales_lines', 'column': 'sold_at', 'count': 1, 'period': 'day'}    (period: hour or day)
#}
{% macro materialized_view_inputs() -%}
    {%- set found = materialized_views_with_staleness() if execute else [] -%}
    {%- for one in found %}
    select
        '{{ one.name }}' as materialized_view,
        '{{ one.input.name }}' as input,
        cast(max({{ one.column }}) as timestamp(6)) as input_until,
        cast({{ one.hours }} as bigint) as max_staleness_hours
    from {{ one.relation }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as materialized_view,
        cast(null as varchar) as input,
        cast(null as timestamp(6)) as input_until,
        cast(null as bigint) as max_staleness_hours
    where false
    {%- endfor %}
{%- endmacro %}

{# The project's materialized views with their config's max_staleness: {name, input, relation, column, hours}. #}
{% macro materialized_views_with_staleness() %}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.config.materialized == 'materialized_view' and node.config.max_staleness -%}
        {%- set staleness = node.config.max_staleness -%}
        {%- for input in graph.nodes.values() if input.resource_type in ('model', 'seed', 'snapshot') and input.name == staleness.input -%}
            {%- do found.append({
                'name': node.alias,
                'input': input,
                'relation': api.Relation.create(database=input.database, schema=input.schema, identifier=input.alias),
                'column': staleness.column,
                'hours': staleness.count * {'hour': 1, 'day': 24}[staleness.period]
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | sort(attribute='name')) }}
{% endmacro %}

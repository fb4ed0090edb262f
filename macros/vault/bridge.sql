{#
    bridge: for each key of a hub and each as-of date, the walk over links: a row only where every step's relationship is open at that moment, as the
    step's effectivity satellite knew it then. Made anew by every run, as pit is.

    bridge_walk: the steps, in order; the first one's link_fk1 is the hub's key, every other one's is the link_fk2 before it:
      {'home_store': {'bridge_link_pk': 'the column in the bridge', 'link_table': 'lnk_…', 'link_pk': …, 'link_fk1': …, 'link_fk2': …,
                      'eff_sat_table': 'eff_…', 'eff_sat_pk': …, 'eff_sat_end_date': …, 'eff_sat_load_date': …, 'eff_sat_effective_from': …}}
    Each column may be a list, for a composite key. Of several rows of a load date the one with the latest eff_sat_effective_from counts; without it,
    the one that is latest by the effectivity satellite's other dates. Then the closed one.
    bridge_start_date, bridge_end_date, bridge_load_date, stage_tables_ldts and src_ldts are taken for those who come from AutomateDV, and not
    needed.

    {{ bridge(source_model='hub_households', src_pk='household_hk', as_of_dates_table='vault_month_ends', bridge_walk={…}) }}
#}
{% macro bridge(
    source_model=none, src_pk=none, as_of_dates_table=none, bridge_walk=none, stage_tables_ldts=none, src_ldts=none, src_extra_columns=none
) -%}
    {%- set given = vault_arguments('bridge', source_model, {'src_pk': src_pk, 'src_extra_columns': src_extra_columns},
        ['src_extra_columns'], kwargs, ['as_of_dates_table', 'bridge_walk', 'stage_tables_ldts', 'src_ldts']) -%}
    {%- set as_of_dates = vault_as_of_dates('bridge', as_of_dates_table) -%}
    {%- set steps = vault_bridge_steps(bridge_walk) -%}
{{ config(full_refresh=true) -}}
with

as_of_dates as (

    {{ as_of_dates }}

),

{{ vault_hub_keys(given) }},

{% for step in steps %}
{%- set key = step.eff_sat_pk | join(', ') %}
step_{{ loop.index }}_latest as (

    select
        *,
        lead(load_date) over (partition by {{ key }} order by load_date) as next_load_date
    from (
        select
            {{ key }},
            {{ step.eff_sat_load_date[0] }} as load_date,
            {{ step.eff_sat_end_date[0] }} as end_date,
            row_number() over (
                partition by {{ key }}, {{ step.eff_sat_load_date[0] }}
                order by
                    {%- for column in step.eff_sat_effective_from %} {{ column }} desc,{% endfor %} {{ step.eff_sat_end_date[0] }}
            ) as vault_position
        from {{ step.eff_sat }}
    ) as numbered
    where vault_position = 1

),

step_{{ loop.index }} as (

    select distinct
        as_of_dates.as_of_date
        {%- for column in step.link_pk + step.link_fk1 + step.link_fk2 %},
        links.{{ column }}
        {%- endfor %}
    from step_{{ loop.index }}_latest as latest
    inner join as_of_dates
        on
            as_of_dates.as_of_date >= latest.load_date
            and as_of_dates.as_of_date < coalesce(latest.next_load_date, {{ vault_end_of_time() }})
            and as_of_dates.as_of_date < coalesce(latest.end_date, {{ vault_end_of_time() }})
    inner join {{ step.link }} as links
        on {% for column in step.eff_sat_pk %}links.{{ step.link_pk[loop.index0] }} = latest.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}

),

{% endfor %}
final as (

    select
        {%- for column in given.src_pk %}
        hub_keys.{{ column }},
        {%- endfor %}
        as_of_dates.as_of_date
        {%- for column in given.columns if column not in given.src_pk %},
        hub_keys.{{ column }}
        {%- endfor %}
        {%- for step in steps %}
        {%- set number = loop.index %}
        {%- for column in step.bridge_link_pk %},
        step_{{ number }}.{{ step.link_pk[loop.index0] }} as {{ column }}
        {%- endfor %}
        {%- endfor %}
    from hub_keys
    cross join as_of_dates
    {%- for step in steps %}
    {%- set number = loop.index %}
    {%- set before = given.src_pk if loop.first else steps[loop.index0 - 1].link_fk2 %}
    inner join step_{{ number }}
        on
            as_of_dates.as_of_date = step_{{ number }}.as_of_date
            {%- for column in step.link_fk1 %}
            and {{ 'hub_keys' if number == 1 else 'step_' ~ (number - 1) }}.{{ before[loop.index0] }} = step_{{ number }}.{{ column }}
            {%- endfor %}
    {%- endfor %}

)

select * from final
{%- endmacro %}

{# The steps of the walk, each column as a list, with the relations link and eff_sat. #}
{% macro vault_bridge_steps(bridge_walk) %}
    {% set link_columns = ['link_pk', 'link_fk1', 'link_fk2'] %}
    {% set eff_sat_columns = ['eff_sat_pk', 'eff_sat_end_date', 'eff_sat_load_date'] %}
    {% set needed = ['bridge_link_pk', 'link_table', 'eff_sat_table'] + link_columns + eff_sat_columns %}
    {% set known = needed + ['eff_sat_effective_from', 'bridge_start_date', 'bridge_end_date', 'bridge_load_date'] %}
    {% if bridge_walk is not mapping or not bridge_walk %}
        {% do vault_refused('bridge', 'bridge_walk', 'is missing', '{step: {' ~ needed | join(', ') ~ '}}') %}
    {% endif %}
    {% set steps = [] %}
    {% for name, told in (bridge_walk.items() if bridge_walk is mapping else []) %}
        {% for part in needed if not told.get(part) %}
            {% do vault_refused('bridge', 'bridge_walk', 'has no ' ~ part ~ ' in the step ' ~ name, needed | join(', ')) %}
        {% endfor %}
        {% for part in told if part not in known %}
            {% do vault_refused('bridge', 'bridge_walk', 'has the unknown ' ~ part ~ ' in the step ' ~ name, 'one of ' ~ known | join(', ')) %}
        {% endfor %}
        {% set step = {'link': vault_relation(told.link_table), 'eff_sat': vault_relation(told.eff_sat_table)} %}
        {% for part in known if not part.endswith('_table') %}
            {% do step.update({part: vault_list(told.get(part))}) %}
        {% endfor %}
        {% for relation, parts in ((step.link, link_columns), (step.eff_sat, eff_sat_columns + ['eff_sat_effective_from'])) %}
            {% set types = vault_types(relation) %}
            {% for part in parts %}
                {% do vault_check_columns('bridge', 'bridge_walk', step[part], relation, types) %}
            {% endfor %}
            {% if not step.eff_sat_effective_from and relation == step.eff_sat %}
                {% do step.update({'eff_sat_effective_from': vault_other_moments(types, step.eff_sat_end_date + step.eff_sat_load_date)}) %}
            {% endif %}
        {% endfor %}
        {% do steps.append(step) %}
    {% endfor %}
    {{ return(steps) }}
{% endmacro %}

{# The columns of dates and moments but those named. #}
{% macro vault_other_moments(types, named) %}
    {% set found = [] %}
    {% for column in vault_other_columns(types.keys(), named) if 'date' in types[column] | lower or 'timestamp' in types[column] | lower %}
        {% do found.append(column) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

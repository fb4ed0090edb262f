{#
    pit: the point-in-time table: for each key of a hub and each as-of date, the key and load date of each satellite's latest row up to that moment,
    or the zero key and 1900-01-01, where the ghost record is. It is made anew by every run, of the as-of dates that there are now: so dates that
    are gone disappear, new keys are filled back and late rows corrected. That costs little, since each satellite's load dates are half-open ranges.

    satellites: for each satellite model {'pk': {'PK': its key column}, 'ldts': {'LDTS': its load date column}}; the names PK and LDTS become part
    of the columns' names. A composite key has one entry a part, in the order of src_pk. as_of_dates_table: a model with the column as_of_date.
    stage_tables_ldts and src_ldts are taken for those who come from AutomateDV, and not needed.

    {{ pit(source_model='hub_products', src_pk='product_hk', as_of_dates_table='vault_month_ends',
           satellites={'sat_products': {'pk': {'pk': 'product_hk'}, 'ldts': {'ldts': 'load_date'}}}) }}
#}
{% macro pit(
    source_model=none, src_pk=none, as_of_dates_table=none, satellites=none, stage_tables_ldts=none, src_ldts=none, src_extra_columns=none
) -%}
    {%- set given = vault_arguments('pit', source_model, {'src_pk': src_pk, 'src_extra_columns': src_extra_columns},
        ['src_extra_columns'], kwargs, ['as_of_dates_table', 'satellites', 'stage_tables_ldts', 'src_ldts']) -%}
    {%- set as_of_dates = vault_as_of_dates('pit', as_of_dates_table) -%}
    {%- set told = vault_pit_satellites(satellites, given.src_pk) -%}
{{ config(full_refresh=true) -}}
with

as_of_dates as (

    {{ as_of_dates }}

),

{{ vault_hub_keys(given) }},

{% for satellite in told %}
{{ satellite.name }}_ranges as (

    select
        {{ satellite.pk.values() | join(', ') }},
        {{ satellite.ldts }} as valid_from,
        lead({{ satellite.ldts }}) over (partition by {{ satellite.pk.values() | join(', ') }} order by {{ satellite.ldts }}) as valid_to
    from (select distinct {{ satellite.pk.values() | join(', ') }}, {{ satellite.ldts }} from {{ satellite.relation }}) as load_dates

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
        {%- for satellite in told %}
        {%- for alias, column in satellite.pk.items() %},
        coalesce({{ satellite.name }}_ranges.{{ column }}, {{ vault_zero_key(satellite.types.get(vault_plain(column), '')) }}) as {{ satellite.name }}_{{ alias }}
        {%- endfor %},
        coalesce(
            {{ satellite.name }}_ranges.valid_from, {{ vault_beginning_of_time(satellite.types.get(vault_plain(satellite.ldts), '')) }}
        ) as {{ satellite.name }}_{{ satellite.ldts_alias }}
        {%- endfor %}
    from hub_keys
    cross join as_of_dates
    {%- for satellite in told %}
    left join {{ satellite.name }}_ranges
        on
            as_of_dates.as_of_date >= {{ satellite.name }}_ranges.valid_from
            and as_of_dates.as_of_date < coalesce({{ satellite.name }}_ranges.valid_to, {{ vault_end_of_time() }})
            {%- for column in satellite.pk.values() %}
            and hub_keys.{{ given.src_pk[loop.index0] }} = {{ satellite.name }}_ranges.{{ column }}
            {%- endfor %}
    {%- endfor %}

)

select * from final
{%- endmacro %}

{# The CTE of the hub's keys, a bridge's too. #}
{% macro vault_hub_keys(given) -%}
hub_keys as (

    {%- for part in given.parts %}

    select distinct
        {%- for column in part.columns %}
        {{ column.source }} as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ part.relation }}
    {{ 'union' if not loop.last }}
    {%- endfor %}

)
{%- endmacro %}

{# The query of the as-of dates, none twice; a bridge has them too. #}
{% macro vault_as_of_dates(macro, as_of_dates_table) %}
    {% if not as_of_dates_table %}
        {% do vault_refused(macro, 'as_of_dates_table', 'is missing', 'the name of a model with the column as_of_date') %}
        {{ return('') }}
    {% endif %}
    {% set relation = vault_relation(as_of_dates_table) %}
    {% do vault_check_columns(macro, 'as_of_dates_table', ['as_of_date'], relation, vault_types(relation)) %}
    {{ return('select distinct as_of_date from ' ~ relation ~ ' where as_of_date is not null') }}
{% endmacro %}

{# The satellites with their relations and columns: {name, relation, types, pk: {alias: column}, ldts, ldts_alias}. #}
{% macro vault_pit_satellites(satellites, src_pk) %}
    {% set expected = "{satellite: {'pk': {'PK': column}, 'ldts': {'LDTS': column}}}, with as many parts of the key as src_pk" %}
    {% if satellites is not mapping or not satellites %}
        {% do vault_refused('pit', 'satellites', 'is missing', expected) %}
    {% endif %}
    {% set found = [] %}
    {% for name, told in (satellites.items() if satellites is mapping else []) %}
        {% if told is not mapping or told.pk is not mapping or told.ldts is not mapping or told.pk | length != src_pk | length %}
            {% do vault_refused('pit', 'satellites', 'is ' ~ told ~ ' for ' ~ name, expected) %}
        {% else %}
            {% set relation = vault_relation(name) %}
            {% set types = vault_types(relation) %}
            {% set ldts_alias, ldts = (told.ldts.items() | list)[0] %}
            {% do vault_check_columns('pit', 'satellites', told.pk.values() | list + [ldts], relation, types) %}
            {% do found.append({
                'name': name, 'relation': relation, 'types': types, 'pk': told.pk, 'ldts': ldts, 'ldts_alias': ldts_alias
            }) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

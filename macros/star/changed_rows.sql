{#
    changed_rows(rows, key, columns, among): what an incremental model writes, of the rows that it computed: those that its table lacks, and those
    of which a column differs there. A first build, and a full refresh, write all of them.
    rows: a CTE; key: the unique key, a name or a list of names; columns: those that can change, or that change whenever another does.
    among: when rows can vanish, a CTE of the table's rows in whose place the computed ones stand. What is there and not computed is written with
    nothing but its key, for the merge to delete (see merges_and_deletes); columns then names all but the key.

    {{ changed_rows('visits', 'basket_id', ['till_sequence', 'household_key']) }}
#}
{% macro changed_rows(rows, key, columns, among=none) -%}
    {%- set keys = [key] if key is string else key -%}
    {%- set vanishing = among is not none and is_incremental() -%}
    select
        {%- if vanishing %}
        {%- for name in keys %}
        coalesce(computed.{{ name }}, written.{{ name }}) as {{ name }},
        {%- endfor %}
        {%- for name in columns %}
        computed.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- else %} computed.*
        {%- endif %}
    from {{ rows }} as computed
    {%- if is_incremental() %}
    {{ 'full' if vanishing else 'left' }} join {{ among or this }} as written
        on
            {%- for name in keys %}
            {{ 'and ' if not loop.first }}computed.{{ name }} = written.{{ name }}
            {%- endfor %}
    where
        written.{{ keys[0] }} is null
        {%- if vanishing %}
        or computed.{{ keys[0] }} is null
        {%- endif %}
        {%- for name in columns %}
        or computed.{{ name }} is distinct from written.{{ name }}
        {%- endfor %}
    {%- endif %}
{%- endmacro %}

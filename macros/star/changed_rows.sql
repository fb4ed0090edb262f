{#
    changed_rows(rows, key, columns): what an incremental model writes, of the rows that it computed: those that its table lacks, and those of
    which a column differs there. A first build, and a full refresh, write all of them.
    rows: a CTE; key: the unique key, a name or a list of names; columns: those that can change, or that change whenever another does.

    {{ changed_rows('visits', 'basket_id', ['till_sequence', 'household_key']) }}
#}
{% macro changed_rows(rows, key, columns) -%}
    {%- set keys = [key] if key is string else key -%}
    select computed.*
    from {{ rows }} as computed
    {%- if is_incremental() %}
    left join {{ this }} as written
        on
            {%- for name in keys %}
            {{ 'and ' if not loop.first }}computed.{{ name }} = written.{{ name }}
            {%- endfor %}
    where
        written.{{ keys[0] }} is null
        {%- for name in columns %}
        or computed.{{ name }} is distinct from written.{{ name }}
        {%- endfor %}
    {%- endif %}
{%- endmacro %}

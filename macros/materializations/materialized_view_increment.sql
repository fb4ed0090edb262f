{#
    Incremental refresh. Where the definition groups one fact that rows are only added to, the groups that new rows fall into are computed anew,
    all others stay. It is told by the model's config, and every name is a column of the input:

    incremental_refresh={
        'input': 'fct_sales_lines',            the fact, a model that the query refs
        'watermark': 'till_sequence',          grows with each row that is added; never null
        'groups': ['grocer_week'],             columns of the input and, under the same names, of the view, which the query groups by
        'unchanged': ['sum(promotion_count)']  more aggregates of what a change of the older rows would change (count and sum of the watermark are)
    }

    The result equals recomputation as long as two things hold, and both are looked at each time: the older rows are as many as they were with
    the same sums, and every other model that the query refs holds the same rows. Where one does not hold, it is computed anew, and the log says so.
    Since whole groups are computed anew, any aggregate will do, distinct counts too.
#}

{#
    materialized_view_inputs_state(found): {mark, state, until, obstacle, settings, columns, since}: what the inputs hold now, and why a refresh of the
    view with the fingerprint `found` cannot be incremental (none when it can).
#}
{% macro materialized_view_inputs_state(found) %}
    {%- set now = {'mark': none, 'state': none, 'until': none, 'obstacle': none} -%}
    {%- set staleness, settings = config.get('max_staleness'), config.get('incremental_refresh') -%}
    {%- set until = 'cast(cast(max(' ~ staleness.column ~ ') as timestamp(6)) as varchar)' if staleness else 'cast(null as varchar)' -%}
    {%- set one_input = staleness and settings and staleness.input == settings.input -%}
    {%- if staleness and not one_input -%}
        {%- do now.update({'until': run_query('select ' ~ until ~ ' from ' ~ ref(staleness.input)).rows[0][0]}) -%}
    {%- endif -%}
    {%- if not settings -%}
        {%- do now.update({'obstacle': 'its config has no incremental_refresh'}) -%}
        {{ return(now) }}
    {%- endif -%}
    {%- set last = materialized_view_last_refresh(found) -%}
    {%- set columns = adapter.get_columns_in_relation(ref(settings.input)) -%}
    {%- set since = materialized_view_literal(columns, settings.watermark, last.mark) if last and last.mark is not none else none -%}
    {%- set checks = ['count(*)', 'sum(' ~ settings.watermark ~ ')'] + settings.get('unchanged', []) -%}
    {%- set query -%}
        select
            cast(max({{ settings.watermark }}) as varchar) as mark,
            {{ until if one_input else 'cast(null as varchar)' }} as input_until
            {%- for check in checks -%}
            , cast({{ check }} as varchar) as check_now_{{ loop.index }}
            , cast({{ check }} {{ 'filter (where ' ~ settings.watermark ~ ' <= ' ~ since ~ ')' if since }} as varchar) as check_then_{{ loop.index }}
            {%- endfor %}
        from {{ ref(settings.input) }}
    {%- endset -%}
    {%- set row = run_query(query).rows[0] | list -%}
    {%- set others = materialized_view_checksums(settings.input) -%}
    {%- do now.update({
        'mark': row[0],
        'state': {'checks': row[2::2], 'others': others},
        'settings': settings,
        'columns': columns,
        'since': since
    }) -%}
    {%- if one_input -%}
        {%- do now.update({'until': row[1]}) -%}
    {%- endif -%}
    {%- set changed = [] -%}
    {%- for name, checksum in others.items() if last and last.state.get('others', {}).get(name) != checksum -%}
        {%- do changed.append(name) -%}
    {%- endfor -%}
    {%- if last is none -%}
        {%- do now.update({'obstacle': 'the ledger does not have its last refresh'}) -%}
    {%- elif since is none -%}
        {%- do now.update({'obstacle': settings.input ~ ' was empty at its last refresh'}) -%}
    {%- elif changed -%}
        {%- do now.update({'obstacle': changed | join(', ') ~ ' changed'}) -%}
    {%- elif row[3::2] != last.state.checks -%}
        {%- do now.update({'obstacle': 'older rows of ' ~ settings.input ~ ' changed'}) -%}
    {%- endif -%}
    {{ return(now) }}
{% endmacro %}

{# Name → checksum of every model that the query refs, but the input and the ledger. #}
{% macro materialized_view_checksums(input) %}
    {%- set found = {} -%}
    {%- for unique_id in model.depends_on.nodes -%}
        {%- set node = graph.nodes.get(unique_id) -%}
        {%- if node and node.name not in (input, materialized_view_ledger().identifier) -%}
            {%- do found.update({node.name: run_query(materialized_view_checksum_sql(ref(node.name))).rows[0][0] | string}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# materialized_view_checksum_sql(relation): a query of one text that is another one as soon as a row of the relation is. #}
{% macro materialized_view_checksum_sql(relation) -%}
    {{ return(adapter.dispatch('materialized_view_checksum_sql')(relation)) }}
{%- endmacro %}

{% macro duckdb__materialized_view_checksum_sql(relation) -%}
    select cast(count(*) as varchar) || ' ' || cast(coalesce(sum(hash(of_rows)), 0) as varchar) as checksum
    from {{ relation }} as of_rows
{%- endmacro %}

{% macro athena__materialized_view_checksum_sql(relation) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='quoted') | join(', ') -%}
    select cast(count(*) as varchar) || ' ' || coalesce(to_hex(checksum(row({{ columns }}))), '') as checksum
    from {{ relation }}
{%- endmacro %}

{# The groups that rows above the mark fall into: {groups, condition, rows}; the condition is SQL on the view's columns. #}
{% macro materialized_view_touched_groups(inputs) %}
    {%- set settings, input = inputs.settings, ref(inputs.settings.input) -%}
    {%- set query -%}
        select distinct
            {% for column in settings.groups -%}
            cast({{ column }} as varchar) as group_{{ loop.index }}{{ ',' if not loop.last }}
            {% endfor %}
        from {{ input }}
        where {{ settings.watermark }} > {{ inputs.since }}
        limit {{ materialized_view_most_groups() + 1 }}
    {%- endset -%}
    {%- set values = [] -%}
    {%- for row in run_query(query).rows -%}
        {%- set literals = [] -%}
        {%- for column in settings.groups -%}
            {%- do literals.append(materialized_view_literal(inputs.columns, column, row[loop.index0])) -%}
        {%- endfor -%}
        {%- do values.append(literals) -%}
    {%- endfor -%}
    {{ return({'columns': settings.groups, 'groups': values | length, 'values': values}) }}
{% endmacro %}

{# More groups than this are computed anew with all others. #}
{% macro materialized_view_most_groups() -%}
    {{ return(100) }}
{%- endmacro %}

{# A value that was read as text, as SQL of the type of its column, one of `columns`. #}
{% macro materialized_view_literal(columns, name, value) %}
    {%- for one in columns if one.name | lower == name | lower -%}
        {{ return('cast(' ~ ("'" ~ (value | string | replace("'", "''")) ~ "'" if value is not none else 'null') ~ ' as ' ~ one.data_type ~ ')') }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(this.identifier ~ ': the input has no column ' ~ name ~ ' (incremental_refresh).') }}
{% endmacro %}

{# SQL that is true of the touched groups' rows; in a form that both engines push below the grouping, down to the input. #}
{% macro materialized_view_is_touched(touched) -%}
    {%- if touched.columns | length == 1 and 'cast(null' not in touched['values'] | string -%}
        {{ touched.columns[0] }} in ({{ touched['values'] | map('first') | join(', ') }})
    {%- else -%}
        (
        {%- for literals in touched['values'] -%}
            {{ ' or ' if not loop.first }}(
            {%- for literal in literals -%}
                {{ ' and ' if not loop.first }}{{ touched.columns[loop.index0] }} is not distinct from {{ literal }}
            {%- endfor -%})
        {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}

{# materialized_view_increment_sql(relation, sql, touched): put the touched groups, computed anew, in the place of the old ones. #}
{% macro materialized_view_increment_sql(relation, sql, touched) -%}
    {{ log('Applying REFRESH to: ' ~ relation) }}
    {{ return(adapter.dispatch('materialized_view_increment_sql')(relation, sql, touched)) }}
{%- endmacro %}

{% macro duckdb__materialized_view_increment_sql(relation, sql, touched) -%}
    delete from {{ relation }} where {{ materialized_view_is_touched(touched) }};
    insert into {{ relation }} by name
    select * from (
        {{ sql }}
    ) as computed
    where {{ materialized_view_is_touched(touched) }};
{%- endmacro %}

{% macro athena__materialized_view_increment_sql(relation, sql, touched) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    merge into {{ relation }} as written
    using (
        select {{ columns | join(', ') }}, true as is_computed
        from (
            {{ sql }}
        ) as every_group
        where {{ materialized_view_is_touched(touched) }}
        {%- for literals in touched['values'] %}
        union all
        select
            {% for column in columns -%}
            {{ literals[touched.columns.index(column)] if column in touched.columns else 'null' }},
            {% endfor -%}
            false
        {%- endfor %}
    ) as computed
    on
        not computed.is_computed
        {%- for column in touched.columns %}
        and written.{{ column }} is not distinct from computed.{{ column }}
        {%- endfor %}
    when matched then delete
    when not matched and computed.is_computed then insert ({{ columns | join(', ') }})
    values (
        {%- for column in columns -%}
        computed.{{ column }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

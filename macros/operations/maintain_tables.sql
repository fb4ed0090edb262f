{#
    maintain_tables(select): tends the tables that dbt built, as an operation to schedule beside the builds. select is a folder (star), a model,
    seed or snapshot (fct_sales_lines), or a list of such names; without it, all tables. What is not built yet is passed over, and named.

    Athena: OPTIMIZE puts a table's small files together and applies its deletions, VACUUM forgets the snapshots past the table's age limit
    (vacuum_max_snapshot_age_seconds: five days unless the table says otherwise) and removes the files that only they needed. Each table's files
    and snapshots before and after are logged.
    DuckDB: nothing to do, and it says so: it keeps no snapshots, and writes its log into its one file whenever it is closed.

    dbt run-operation maintain_tables --target athena --args '{select: star}'
#}
{% macro maintain_tables(select=none) %}
    {% set names = [select] if select is string else (select or []) %}
    {% set is_list = names is sequence and names is not mapping and names | reject('string') | list | length == 0 %}
    {% if not is_list or (select is not none and not names) %}
        {{ exceptions.raise_compiler_error(
            "maintain_tables cannot select " ~ select ~ ": give the name of a folder or a table, or a list of names, as in --args '{select: star}'."
        ) }}
    {% endif %}
    {% set tables = [] %}
    {% set found = [] %}
    {% for node in graph.nodes.values() | sort(attribute='unique_id')
        if node.config.materialized in ['table', 'incremental', 'seed', 'snapshot'] %}
        {% set matching = [node.config.schema] + node.fqn[1:] %}
        {% if not names or names | select('in', matching) | list %}
            {% do tables.append(node) %}
            {% do found.extend(matching) %}
        {% endif %}
    {% endfor %}
    {% for name in names if name not in found %}
        {{ exceptions.raise_compiler_error(
            "maintain_tables knows no table and no folder of tables named " ~ name ~ ": `dbt ls --resource-type model seed snapshot` lists them."
        ) }}
    {% endfor %}
    {% do adapter.dispatch('maintain_tables')(tables) %}
{% endmacro %}

{% macro duckdb__maintain_tables(tables) %}
    {% do log("Nothing to do: DuckDB keeps one file without snapshots, and puts it in order whenever it is closed.", info=true) %}
{% endmacro %}

{% macro athena__maintain_tables(tables) %}
    {% for node in tables %}
        {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
        {% if relation is none %}
            {% do log(node.schema ~ "." ~ node.alias ~ ": not built, passed over", info=true) %}
        {% else %}
            {% set before = run_query(table_state(relation, 'before')).rows[0] %}
            {% call statement('optimize') %}optimize {{ relation.schema }}.{{ relation.identifier }} rewrite data using bin_pack{% endcall %}
            {% call statement('vacuum') %}vacuum {{ relation.schema }}.{{ relation.identifier }}{% endcall %}
            {% set after = run_query(table_state(relation, 'after')).rows[0] %}
            {% do log(
                relation.schema ~ "." ~ relation.identifier ~ ": " ~ after['row_count'] ~ " rows, data files "
                ~ before['data_files'] ~ " to " ~ after['data_files'] ~ ", delete files " ~ before['delete_files'] ~ " to "
                ~ after['delete_files'] ~ ", snapshots " ~ before['snapshots'] ~ " to " ~ after['snapshots'],
                info=true
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{#
    vault_arguments(macro, source_model, arguments, optional, unknown): what a structure was called with, checked. arguments: each column argument
    with what was given, in the order of the target's columns; optional: the names of those that may be missing; unknown: the caller's kwargs;
    others: its arguments that are no columns.

    Gives per argument the list of its columns, as named in the target, and
      columns    all of them, in order, none twice
      parts      the stages, each as {relation, types, columns}, columns as {source, name}: one given as {source_column: a, alias: b} is called b here
      types      the stages' column types, by plain name
    A missing or unknown argument, or a column that a stage lacks, ends in one sentence. Nothing is refused while dbt parses, so that a mistake in
    one model keeps the others working.

    {% set given = vault_arguments('hub', source_model, {'src_pk': src_pk, 'src_ldts': src_ldts}, [], kwargs) %}
#}
{% macro vault_arguments(macro, source_model, arguments, optional, unknown, others=[]) %}
    {% do vault_check_names(macro, ['source_model'] + arguments.keys() | list + others, unknown) %}
    {% set given = {'parts': [], 'types': {}, 'columns': []} %}
    {% set staged = [] %}
    {% for model in vault_list(source_model) %}
        {% set relation = vault_relation(model) %}
        {% do given.parts.append({'relation': relation, 'columns': staged, 'types': vault_types(relation)}) %}
    {% else %}
        {% do vault_refused(macro, 'source_model', 'is missing', 'the name of a stage, or a list of them') %}
    {% endfor %}
    {% for argument, value in arguments.items() %}
        {% set value = vault_all_but(value, arguments, given.parts) if value is mapping and value.exclude_columns else value %}
        {% set columns = vault_columns(macro, argument, value, argument in optional) %}
        {% do given.update({argument: columns | map(attribute='name') | list}) %}
        {% for column in columns if vault_plain(column.name) not in given.columns | map('lower') %}
            {% do staged.append(column) %}
            {% do given.columns.append(column.name) %}
        {% endfor %}
        {% for part in given.parts %}
            {% do vault_check_columns(macro, argument, columns | map(attribute='source') | list, part.relation, part.types) %}
            {% for column in columns %}
                {% do given.types.update({vault_plain(column.name): part.types.get(vault_plain(column.source), '')}) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return(given) }}
{% endmacro %}

{# The columns behind {exclude_columns: true, columns: names}: all of the first stage but those named, and those of the other arguments. #}
{% macro vault_all_but(value, arguments, parts) %}
    {% set taken = vault_list(value.columns) %}
    {% for other in arguments.values() if not (other is mapping and other.exclude_columns) %}
        {% for column in vault_list(other) %}
            {% do taken.append(column.source_column if column is mapping else column) %}
        {% endfor %}
    {% endfor %}
    {{ return(vault_other_columns(parts[0].types.keys() if parts else [], taken) or (none if execute else 'unknown')) }}
{% endmacro %}

{# The columns of an argument as {source, name}: given by name, as {source_column, alias}, or as a list of these. #}
{% macro vault_columns(macro, argument, value, optional) %}
    {% set single = ['src_ldts', 'src_eff', 'src_hashdiff', 'src_start_date', 'src_end_date'] %}
    {% set expected = 'the name of a column' ~ ('' if argument in single else ', or a list of them') %}
    {% set columns = [] %}
    {% for column in vault_list(value) %}
        {% if column is string %}
            {% do columns.append({'source': column, 'name': column}) %}
        {% elif column is mapping and column.source_column is string %}
            {% do columns.append({'source': column.source_column, 'name': column.alias or column.source_column}) %}
        {% else %}
            {% do vault_refused(macro, argument, 'is ' ~ column, expected) %}
        {% endif %}
    {% endfor %}
    {% if not columns and not optional %}
        {% do vault_refused(macro, argument, 'is missing', expected) %}
        {% do columns.append({'source': 'missing', 'name': 'missing'}) %}
    {% elif columns | length > 1 and argument in single %}
        {% do vault_refused(macro, argument, 'is a list', expected) %}
    {% endif %}
    {{ return(columns) }}
{% endmacro %}

{% macro vault_check_names(macro, known, unknown) %}
    {% for name in unknown %}
        {% do vault_refused(macro, name, 'is unknown', 'one of ' ~ known | join(', ')) %}
    {% endfor %}
{% endmacro %}

{# A relation that is not built yet shows no columns, and is not looked at; neither is a constant. #}
{% macro vault_check_columns(macro, argument, columns, relation, types) %}
    {% for column in columns if types and column != 'null' and column[0] not in "'!" and vault_plain(column) not in types %}
        {% do vault_refused(
            macro, argument, 'names the column ' ~ column ~ ', which ' ~ relation.identifier ~ ' lacks', 'one of ' ~ types.keys() | join(', ')
        ) %}
    {% endfor %}
{% endmacro %}

{% macro vault_refused(macro, argument, wrong, expected) %}
    {% if execute %}
        {{ exceptions.raise_compiler_error(
            "Model " ~ this.identifier ~ ", macro " ~ macro ~ ": the argument " ~ argument ~ " " ~ wrong ~ "; expected " ~ expected ~ "."
        ) }}
    {% endif %}
{% endmacro %}

{# A column's or model's name, a mapping or a list of these as a list; nothing, and empty names, as an empty one. #}
{% macro vault_list(value) %}
    {% if value is none or value is undefined or (value is string and not value | trim) %}
        {{ return([]) }}
    {% endif %}
    {{ return([value] if value is string or value is mapping or value is not iterable else value | reject('none') | list) }}
{% endmacro %}

{# The relation behind the name of a model, or behind {source: table}; a relation is itself. #}
{% macro vault_relation(model) %}
    {% if model.identifier is defined %}
        {{ return(model) }}
    {% elif model is mapping %}
        {{ return(source(*(model.items() | list)[0])) }}
    {% endif %}
    {{ return(ref(model)) }}
{% endmacro %}

{# A relation's column types by plain name; empty while dbt parses, and for what is not built yet. #}
{% macro vault_types(relation) %}
    {% set types = {} %}
    {% if execute %}
        {% for column in adapter.get_columns_in_relation(relation) %}
            {% do types.update({vault_plain(column.name): column.data_type}) %}
        {% endfor %}
    {% endif %}
    {{ return(types) }}
{% endmacro %}

{# A column's name as engines compare it. #}
{% macro vault_plain(name) %}
    {{ return(name | replace('"', '') | lower) }}
{% endmacro %}

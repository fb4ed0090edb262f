{#
    eff_sat: from when until when a relationship holds. A relationship that is new, or returns after it was closed, opens a row; a staged row with an
    end date closes it. With is_auto_end_dating (argument, or config of the model) a driving key has one open relationship at a time: the next one
    closes the one before, by a row with the same start that ends where the new one begins. Rows are put in the order of effective-from and load
    date, those of the target among those of the stage, so that repeated rows load nothing and several dates of a batch are applied in order. Two
    open relationships of a driving key from the same moment contradict each other, and stop the load.

    Rows whose key, driving key or secondary key is null are dropped. Open is an end date that is null, or on the day of max_datetime. Without
    src_start_date and src_end_date the target calls them start_date, which is src_eff, and end_date.

    {{ eff_sat(src_pk='household_store_hk', src_dfk='household_hk', src_sfk='store_hk', src_start_date='start_date', src_end_date='end_date',
               src_eff='effective_from', src_ldts='load_date', src_source='record_source', source_model='vstg_home_stores',
               is_auto_end_dating=true) }}
#}
{% macro eff_sat(
    src_pk=none, src_dfk=none, src_sfk=none, src_start_date=none, src_end_date=none, src_eff=none, src_ldts=none, src_source=none,
    source_model=none, src_extra_columns=none, is_auto_end_dating=none
) -%}
    {%- if not src_eff -%}
        {%- do vault_refused('eff_sat', 'src_eff', 'is missing', 'the name of a column') -%}
    {%- endif -%}
    {%- set given = vault_arguments('eff_sat', source_model, {
        'src_pk': src_pk, 'src_dfk': src_dfk, 'src_sfk': src_sfk,
        'src_start_date': src_start_date or {'source_column': src_eff or 'missing', 'alias': 'start_date'},
        'src_end_date': src_end_date or {'source_column': 'null', 'alias': 'end_date'},
        'src_extra_columns': src_extra_columns, 'src_eff': src_eff, 'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_extra_columns'], kwargs, ['is_auto_end_dating']) -%}
    {%- set start_date, end_date, eff, ldts = given.src_start_date[0], given.src_end_date[0], given.src_eff[0], given.src_ldts[0] -%}
    {%- set link_key = given.src_pk + given.src_dfk + given.src_sfk -%}
    {%- set target = vault_types(this) if is_incremental() else {} -%}
    {%- set configured = config.get('is_auto_end_dating', (config.get('meta') or {}).get('is_auto_end_dating', false)) -%}
    {%- set auto = configured if is_auto_end_dating is none else is_auto_end_dating -%}
{{ vault_appends() -}}
with

{{ vault_staged('eff_sat', given, link_key) }},

events as (

    select
        {%- for column in given.columns if column != end_date %}
        {{ column }},
        {%- endfor %}
        coalesce({{ end_date }}, {{ vault_end_of_time(given.types.get(vault_plain(end_date), '')) }}) as {{ end_date }},
        1 as is_staged
    from staged
    where {{ vault_allowed('eff_sat', eff ~ ' is null', 'a staged row has no ' ~ eff) }}

    {%- if is_incremental() %}
    union all
    select
        {%- for column in given.columns if column != end_date %}
        {{ column if vault_plain(column) in target else 'null' }} as {{ column }},
        {%- endfor %}
        {{ end_date }},
        0 as is_staged
    from {{ this }} as known
    where exists (select 1 from staged where {{ vault_same('staged', 'known', given.src_dfk) }})
    {%- endif %}

),

judged as (

    select
        *,
        case when closed_at is null then 1 else 0 end as is_open,
        {{ 'coalesce(closed_at, ' ~ eff ~ ')' if eff == start_date else eff }} as happened_at
    from (
        select
            *,
            case when cast({{ end_date }} as date) < {{ vault_end_of_time('date') }} then {{ end_date }} end as closed_at
        from events
    ) as told

),

compared as (

    select
        *,
        lag({{ ldts }}) over history as previous_load_date,
        lag(closed_at) over history as previous_closed_at
    from judged
    window history as (partition by {{ link_key | join(', ') }} order by {{ vault_moments(given) }})

),

{% if auto %}
{{- vault_succession(given, link_key) }},

{% endif %}
final as (

    select {{ given.columns | join(', ') }}
    from compared
    where
        is_staged = 1
        and (previous_load_date is null or closed_at is distinct from previous_closed_at)
        {%- if auto %}
        and is_open = 0
    union all
    select {{ given.columns | join(', ') }}
    from changes
    where is_staged = 1
    union all
    select {{ given.columns | join(', ') }}
    from closings
        {%- endif %}

)

select * from final
{%- endmacro %}

{# The order of events: a relationship ends before the next one begins, and begins before it ends; of equal rows the target's comes first. #}
{% macro vault_moments(given) -%}
    {%- set order = ['happened_at'] + given.src_ldts + given.src_start_date + ['is_open desc'] + given.src_end_date + given.src_pk -%}
    {{ (order + ['is_staged'] + given.src_source + given.src_extra_columns) | join(', ') }}
{%- endmacro %}

{#
    The CTEs changes, in which the open relationship of a driving key becomes another one, and closings, the rows that end the one before.
    An episode lasts from one row that opens to the next; a run is the episodes of one relationship in which nothing closed it.
#}
{% macro vault_succession(given, link_key) -%}
    {%- set start_date, end_date, eff, ldts = given.src_start_date[0], given.src_end_date[0], given.src_eff[0], given.src_ldts[0] -%}
    {%- set driver = given.src_dfk | join(', ') -%}
neighbours as (

    select
        judged.*,
        sum(is_open) over (partition by {{ driver }} order by {{ vault_moments(given) }} rows unbounded preceding) as episode,
        lag({{ eff }}) over alike as effective_before
        {%- for column in given.src_pk %},
        lag({{ column }}) over alike as key_before_{{ loop.index }}
        {%- endfor %}
    from judged
    window alike as (
        partition by {{ driver }}, is_open, is_staged
        order by {{ (given.src_eff + given.src_pk) | join(', ') }}
    )

),

ended as (

    select distinct {{ (link_key + ['episode']) | join(', ') }}
    from neighbours
    where is_open = 0

),

episodes as (

    select
        neighbours.*,
        case when ended.episode is null then 0 else 1 end as is_ended
    from neighbours
    left join ended
        on {{ vault_same('ended', 'neighbours', link_key + ['episode']) }}
    where
        neighbours.is_open = 1
        and {{ vault_allowed('eff_sat',
            'is_open = 1 and is_staged = 1 and effective_before = ' ~ eff ~ ' and not (' ~ vault_key_before(given) ~ ')',
            'two open rows of one driving key (' ~ driver ~ ') have the same ' ~ eff) }}

),

followed as (

    select
        *,
        lag(is_ended) over drive as was_ended
        {%- for column in given.src_pk %},
        lag({{ column }}) over drive as successor_of_{{ loop.index }}
        {%- endfor %}
    from episodes
    window drive as (partition by {{ driver }} order by episode)

),

marked as (

    select
        *,
        case
            when was_ended = 0
                {%- for column in given.src_pk %} and {{ column }} = successor_of_{{ loop.index }}{% endfor %} then 0
            else 1
        end as is_change
    from followed

),

runs as (

    select
        *,
        sum(is_change) over (partition by {{ driver }} order by episode rows unbounded preceding) as run
    from marked

),

changes as (

    select
        *,
        lead({{ eff }}) over drive as next_effective,
        lead({{ ldts }}) over drive as next_load_date,
        lead(is_staged) over drive as next_is_staged
        {%- for column in given.src_source %},
        lead({{ column }}) over drive as next_source_{{ loop.index }}
        {%- endfor %}
    from (
        select *, max(is_ended) over (partition by {{ driver }}, run) as run_is_ended
        from runs
    ) as judged_runs
    where is_change = 1
    window drive as (partition by {{ driver }} order by run)

),

closings as (

    select
        {%- for column in given.columns %}
        {% if column == end_date or column == eff != start_date -%}
            next_effective
        {%- elif column == ldts -%}
            case when next_is_staged = 1 then next_load_date else {{ ldts }} end
        {%- elif column in given.src_source -%}
            case when next_is_staged = 1 then next_source_{{ given.src_source.index(column) + 1 }} else {{ column }} end
        {%- else -%}
            {{ column }}
        {%- endif %} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    where
        next_effective is not null
        and run_is_ended = 0
        and (is_staged = 1 or next_is_staged = 1)
        and not exists (
            select 1
            from judged
            where
                judged.closed_at = changes.next_effective
                and {{ vault_same('judged', 'changes', link_key + [start_date], link_key) }}
        )

)
{%- endmacro %}

{# The condition that the row before is of the same relationship. #}
{% macro vault_key_before(given) -%}
    {%- for column in given.src_pk -%}
        neighbours.{{ column }} = key_before_{{ loop.index }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

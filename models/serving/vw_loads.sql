{{ config(materialized='table') }}

with

runs as (

    select * from {{ ref('stg_meta__runs') }}

),

loads as (

    select * from {{ ref('stg_meta__loads') }}

),

runs_with_next as (

    select
        run_id,
        command,
        as_of_date,
        started_at,
        ended_at,
        outcome,
        error,
        lead(run_id) over (
            order by started_at, run_id
        ) as next_run_id
    from runs

),

ended_runs as (

    select
        run_id,
        command,
        as_of_date,
        started_at,
        ended_at,
        error,
        -- Only one run at a time has raw: one that a later one follows has ended, whether it could note that or not.
        case
            when outcome = 'started' and next_run_id is not null then 'killed'
            else outcome
        end as run_outcome,
        cast(
            {{ dbt.datediff('started_at', 'ended_at', 'second') }}
            as bigint
        ) as run_seconds
    from runs_with_next

),

final as (

    select
        ended_runs.run_id,
        ended_runs.command,
        ended_runs.as_of_date,
        ended_runs.started_at,
        ended_runs.ended_at,
        ended_runs.run_outcome as outcome,
        ended_runs.error,
        ended_runs.run_seconds,
        loads.loaded_row_count,
        loads.deleted_row_count,
        loads.rejected_row_count,
        loads.loaded_bytes,
        loads.retry_count,
        loads.seconds,
        coalesce(loads.resource, 'none') as resource_name,
        coalesce(loads.load_id, 'none') as load_id
    from ended_runs
    left join loads on ended_runs.run_id = loads.run_id

)

select * from final

with

source as (

    select * from {{ source('meta', 'runs') }}

),

final as (

    select
        run_id,
        command,
        as_of_date,
        cast(started_at as timestamp(6)) as started_at,
        cast(ended_at as timestamp(6)) as ended_at,
        outcome,
        error
    from source

)

select * from final

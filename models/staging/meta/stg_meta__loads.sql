with

source as (

    select * from {{ source('meta', 'loads') }}

),

final as (

    select
        run_id,
        resource,
        rows_loaded as loaded_row_count,
        rows_deleted as deleted_row_count,
        rows_rejected as rejected_row_count,
        bytes_loaded as loaded_bytes,
        retries as retry_count,
        cast(seconds as decimal(12, 3)) as seconds,
        cast(first_at as timestamp(6)) as first_at,
        cast(last_at as timestamp(6)) as last_at,
        coalesce(load_id, 'none') as load_id
    from source

)

select * from final

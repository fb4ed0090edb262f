{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail'
    )
}}

-- No row is added here: each materialized view adds one when it is refreshed.
with

final as (

    {{ materialized_view_ledger_row({}) }}

)

select * from final
where materialized_view is not null

{{ config(materialized='view') }}

{{ dates_in_role('redeemed') }}

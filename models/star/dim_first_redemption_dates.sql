{{ config(materialized='view') }}

{{ dates_in_role('first_redemption') }}

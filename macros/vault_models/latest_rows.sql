{#
    latest_rows(satellite, key): a query of each key's latest row in a satellite, the ghost record's too.

    headers as (

        {{ latest_rows(ref('sat_receipt_headers'), 'receipt_hk') }}

    ),
#}
{% macro latest_rows(satellite, key) -%}
    select rows_of_key.*
    from {{ satellite }} as rows_of_key
    inner join (
        select
            {{ key }},
            max(load_date) as load_date
        from {{ satellite }}
        group by {{ key }}
    ) as latest
        on
            rows_of_key.{{ key }} = latest.{{ key }}
            and rows_of_key.load_date = latest.load_date
{%- endmacro %}

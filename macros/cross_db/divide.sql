{#
    divide(numerator, denominator, data_type): a quotient as a decimal, null when the denominator is 0 or null.

    A quotient of decimals is a double on DuckDB and a truncated decimal on Trino, and a double's last bit decides how a tie is rounded.
    So the quotient is a double, then a decimal of twelve places, in which every tie is exact again, and only then what the model wants.

    {{ divide('sales_amount', 'quantity', 'decimal(12, 4)') }} as unit_price_amount
#}
{% macro divide(numerator, denominator, data_type) -%}
    cast(
        cast(cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0) as decimal(26, 12)) as {{ data_type }}
    )
{%- endmacro %}

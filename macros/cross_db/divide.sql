{#
    divide(numerator, denominator, data_type): a quotient below ten thousand million as a decimal of up to four places, null when the
    denominator is 0 or null.

    A quotient of decimals is a double on DuckDB and a truncated decimal on Trino, and a double's last bit decides how a tie is rounded.
    So the quotient is a double, then a decimal of eight places, in which every tie is exact again, and only then what the model wants.
    (Eight and not more: 18 digits fit into 64 bits, with 26 the cast takes thirty times as long.)

    {{ divide('sales_amount', 'quantity', 'decimal(12, 4)') }} as unit_price_amount
#}
{% macro divide(numerator, denominator, data_type) -%}
    cast(cast(cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0) as decimal(18, 8)) as {{ data_type }})
{%- endmacro %}

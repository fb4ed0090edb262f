{#
    nested_line_fields(): what a line nested in obt_receipts holds, as a list of {name, type}; the first one orders the lines.

    {{ collect_rows(nested_line_fields()) }} as lines
#}
{% macro nested_line_fields() %}
    {{ return([
        {'name': 'sales_line_key', 'type': 'bigint'},
        {'name': 'product_id', 'type': 'integer'},
        {'name': 'department', 'type': 'varchar'},
        {'name': 'product_category', 'type': 'varchar'},
        {'name': 'product_type', 'type': 'varchar'},
        {'name': 'brand', 'type': 'varchar'},
        {'name': 'is_on_promotion', 'type': 'boolean'},
        {'name': 'till_sequence', 'type': 'bigint'},
        {'name': 'quantity', 'type': 'integer'},
        {'name': 'sales_amount', 'type': 'decimal(12, 2)'},
        {'name': 'retail_discount_amount', 'type': 'decimal(12, 2)'},
        {'name': 'coupon_discount_amount', 'type': 'decimal(12, 2)'},
        {'name': 'coupon_match_discount_amount', 'type': 'decimal(12, 2)'},
    ]) }}
{% endmacro %}

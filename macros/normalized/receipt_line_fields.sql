{#
    receipt_line_fields(): what a line on a printed receipt holds, as a list of {name, type}: the fields of unf_receipts.lines.
    The first one orders the lines.
#}
{% macro receipt_line_fields() %}
    {{ return([
        {'name': 'first_till_sequence', 'type': 'bigint'},
        {'name': 'product_id', 'type': 'integer'},
        {'name': 'department', 'type': 'varchar'},
        {'name': 'product_category', 'type': 'varchar'},
        {'name': 'product_type', 'type': 'varchar'},
        {'name': 'package_size', 'type': 'varchar'},
        {'name': 'manufacturer_id', 'type': 'integer'},
        {'name': 'brand', 'type': 'varchar'},
        {'name': 'till_sequence', 'type': 'bigint'},
        {'name': 'quantity', 'type': 'integer'},
        {'name': 'sales_amount', 'type': 'decimal(12, 2)'},
        {'name': 'retail_discount_amount', 'type': 'decimal(12, 2)'},
        {'name': 'coupon_discount_amount', 'type': 'decimal(12, 2)'},
        {'name': 'coupon_match_discount_amount', 'type': 'decimal(12, 2)'},
    ]) }}
{% endmacro %}

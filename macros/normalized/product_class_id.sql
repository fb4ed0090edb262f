{#
    product_class_id(department, product_category, product_type): the key of a product class, the combination spelled out.
    The hierarchy is no tree (a type lies in several categories, a category in several departments), so nothing shorter identifies it.

    {{ product_class_id('department', 'product_category', 'product_type') }} as product_class_id
#}
{% macro product_class_id(department, product_category, product_type) -%}
    concat_ws(' > ', {{ department }}, coalesce({{ product_category }}, '(none)'), coalesce({{ product_type }}, '(none)'))
{%- endmacro %}

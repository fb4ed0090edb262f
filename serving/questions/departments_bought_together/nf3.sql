with

departments as (

    select distinct
        sales_lines.basket_id,
        classes.department
    from normalized.nf3_receipt_lines as sales_lines
    inner join normalized.nf3_products as products on sales_lines.product_id = products.product_id
    inner join normalized.nf3_product_classes as classes on products.product_class_id = classes.product_class_id

)

select
    first_of_pair.department as first_department,
    second_of_pair.department as second_department,
    count(*) as receipt_count
from departments as first_of_pair
inner join departments as second_of_pair
    on first_of_pair.basket_id = second_of_pair.basket_id and first_of_pair.department < second_of_pair.department
group by first_of_pair.department, second_of_pair.department

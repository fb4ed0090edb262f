with

departments as (

    select distinct
        sales_lines.basket_id,
        products.department
    from star.fct_sales_lines as sales_lines
    inner join star.dim_products as products on sales_lines.product_key = products.product_key
    where not products.is_inferred

)

select
    first_of_pair.department as first_department,
    second_of_pair.department as second_department,
    count(*) as receipt_count
from departments as first_of_pair
inner join departments as second_of_pair
    on first_of_pair.basket_id = second_of_pair.basket_id and first_of_pair.department < second_of_pair.department
group by first_of_pair.department, second_of_pair.department

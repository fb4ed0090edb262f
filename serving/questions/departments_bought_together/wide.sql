with

departments as (

    select distinct
        basket_id,
        department
    from wide.obt_sales_lines
    where not is_inferred_product

)

select
    first_of_pair.department as first_department,
    second_of_pair.department as second_department,
    count(*) as receipt_count
from departments as first_of_pair
inner join departments as second_of_pair
    on first_of_pair.basket_id = second_of_pair.basket_id and first_of_pair.department < second_of_pair.department
group by first_of_pair.department, second_of_pair.department

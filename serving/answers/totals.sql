-- The sources' own totals beside those of the served tables: one column a total, one row a place, the source first.
select
    'source' as place,
    max(case when resource = 'pos.transactions' then row_count end) as receipt_lines,
    max(case when resource = 'promotions.promotions' then row_count end) as promotions,
    sum(sales_amount) as sales,
    sum(retail_discount_amount) as retail_discount,
    sum(coupon_discount_amount) as coupon_discount,
    sum(coupon_match_discount_amount) as coupon_match_discount
from main.publication_totals
union all
select
    'star' as place,
    count(*) as receipt_lines,
    (select count(*) from star.fct_promotions) as promotions,
    sum(sales_amount) as sales,
    sum(retail_discount_amount) as retail_discount,
    sum(coupon_discount_amount) as coupon_discount,
    sum(coupon_match_discount_amount) as coupon_match_discount
from star.fct_sales_lines
union all
select
    'wide' as place,
    count(*) as receipt_lines,
    null as promotions,
    sum(sales_amount) as sales,
    sum(retail_discount_amount) as retail_discount,
    sum(coupon_discount_amount) as coupon_discount,
    sum(coupon_match_discount_amount) as coupon_match_discount
from wide.obt_sales_lines

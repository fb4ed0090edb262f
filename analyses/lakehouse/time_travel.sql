{#- Three mistakes are made in a table; its past is read, and one statement brings it back. -#}
{%- set sales = lesson_table('restored_sales') -%}
{%- set snapshots = sales.schema ~ '."' ~ sales.identifier ~ '$snapshots"' -%}
{%- set same = 'is not distinct from' -%}
-- Begin from nothing, in a database of the lessons' own.
create database if not exists {{ sales.schema }};

drop table if exists {{ sales }};

create table {{ sales }}
with ({{ lesson_properties(sales) }})
as
select sales_line_key, household_id, sold_date, quantity, sales_amount
from {{ ref('fct_sales_lines') }};

-- The version, and the moment, to come back to.
-- keep
select snapshot_id as good_version, cast(date_add('millisecond', 1, committed_at) as varchar) as good_moment
from {{ snapshots }};

select 'good' as moment, count(*) as row_count, sum(sales_amount) as sales_amount from {{ sales }};

-- Three mistakes: an update without its condition, a delete too many, rows that nobody sold.
update {{ sales }} set sales_amount = sales_amount * 2 where sold_date >= date '2017-07-01';

delete from {{ sales }} where sold_date < date '2017-02-01';

insert into {{ sales }}
select sales_line_key - 1000000000, household_id, sold_date, quantity, sales_amount
from {{ sales }}
where sold_date = date '2017-12-01';

select 'broken' as moment, count(*) as row_count, sum(sales_amount) as sales_amount from {{ sales }};

-- Each write made a snapshot.
select operation, count(*) as snapshots from {{ snapshots }} group by operation order by operation;

-- The past, by version and by moment, while the present stays broken.
select 'by version' as moment, count(*) as row_count, sum(sales_amount) as sales_amount
from {{ sales }} for version as of :good_version;

select 'by moment' as moment, count(*) as row_count, sum(sales_amount) as sales_amount
from {{ sales }} for timestamp as of timestamp ':good_moment';

-- What is wrong: rows that only the past has, and rows that only the present has.
select
    'to repair' as moment,
    (select count(*) from (
        select * from {{ sales }} for version as of :good_version except select * from {{ sales }}
    )) as lost_rows,
    (select count(*) from (
        select * from {{ sales }} except select * from {{ sales }} for version as of :good_version
    )) as wrong_rows;

-- Athena has no statement that sets a table back. One merge does it, in one snapshot that readers see whole:
-- what changed gets its old values, what was lost comes back, what should not be there goes.
merge into {{ sales }} as present
using (
    select
        coalesce(past.sales_line_key, now.sales_line_key) as sales_line_key,
        past.household_id,
        past.sold_date,
        past.quantity,
        past.sales_amount,
        past.sales_line_key is null as is_wrong
    from {{ sales }} for version as of :good_version as past
    full outer join {{ sales }} as now on past.sales_line_key = now.sales_line_key
    where
        past.sales_line_key is null
        or now.sales_line_key is null
        or not (
            past.household_id {{ same }} now.household_id
            and past.sold_date {{ same }} now.sold_date
            and past.quantity {{ same }} now.quantity
            and past.sales_amount {{ same }} now.sales_amount
        )
) as difference
    on present.sales_line_key = difference.sales_line_key
when matched and difference.is_wrong then delete
when matched then update set
    household_id = difference.household_id,
    sold_date = difference.sold_date,
    quantity = difference.quantity,
    sales_amount = difference.sales_amount
when not matched then insert (sales_line_key, household_id, sold_date, quantity, sales_amount)
    values (
        difference.sales_line_key, difference.household_id, difference.sold_date, difference.quantity, difference.sales_amount
    );

select 'restored' as moment, count(*) as row_count, sum(sales_amount) as sales_amount from {{ sales }};

select
    'repaired' as moment,
    (select count(*) from (
        select * from {{ sales }} for version as of :good_version except select * from {{ sales }}
    )) as lost_rows,
    (select count(*) from (
        select * from {{ sales }} except select * from {{ sales }} for version as of :good_version
    )) as wrong_rows;

{{ table_state(sales, 'at the end') }};

-- A version that the table never had.
-- refused
select count(*) as row_count from {{ sales }} for version as of 1234567890123456789;

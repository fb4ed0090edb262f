{#- A table gets another partitioning: written anew beside the old one, compared with it, and put in its place. -#}
{%- set sales = lesson_table('partitioned_sales') -%}
{%- set by_month = lesson_table('partitioned_sales_by_month') -%}
{%- set by_day = lesson_table('partitioned_sales_by_day') -%}
{%- set old = lesson_table('partitioned_sales_old') -%}
{%- set one_month = "sold_date between date '2017-06-01' and date '2017-06-30'" -%}
-- Begin from nothing, in a database of the lessons' own.
create database if not exists {{ sales.schema }};

drop table if exists {{ sales }};

drop table if exists {{ by_month }};

drop table if exists {{ old }};

-- No partitions: one file holds the year, and a query of one month reads it.
create table {{ sales }}
with ({{ lesson_properties(sales) }})
as
select sales_line_key, household_id, sold_date, quantity, sales_amount
from {{ ref('fct_sales_lines') }};

{{ table_state(sales, 'whole') }};

select 'a month of the whole' as moment, count(*) as june_rows, sum(sales_amount) as june_amount
from {{ sales }}
where {{ one_month }};

-- Iceberg can change the partitioning of a table that exists, but Athena has no statement for it.
-- refused
alter table {{ sales }} add partition field month(sold_date);

-- Nor does one write take more than 100 partitions: the year has more days.
-- refused
create table {{ by_day }}
with ({{ lesson_properties(by_day) }}, partitioning = array['day(sold_date)'])
as
select * from {{ sales }};

-- So the table is written anew, by month. The partition is hidden: no column holds it, and no query has to name it.
create table {{ by_month }}
with ({{ lesson_properties(by_month) }}, partitioning = array['month(sold_date)'])
as
select * from {{ sales }};

-- The two are compared before anything is replaced.
select
    'compared' as moment,
    (select count(*) from (select * from {{ sales }} except select * from {{ by_month }})) as lost_rows,
    (select count(*) from (select * from {{ by_month }} except select * from {{ sales }})) as wrong_rows;

-- The swap: two renames of metadata. Between them the name is missing for a moment, so do it while nobody builds.
alter table {{ sales }} rename to {{ old }};

alter table {{ by_month }} rename to {{ sales }};

{{ table_state(sales, 'by month') }};

-- The same query as before, unchanged, reads one file of twelve.
select 'a month of the months' as moment, count(*) as june_rows, sum(sales_amount) as june_amount
from {{ sales }}
where {{ one_month }};

select count(*) as partitions, min(record_count) as smallest, max(record_count) as largest
from {{ sales.schema }}."{{ sales.identifier }}$partitions";

-- The way back ends here: the new table has no snapshot of the old one.
drop table {{ old }};

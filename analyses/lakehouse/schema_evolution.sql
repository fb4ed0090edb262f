{#- Columns are added, filled, renamed, widened, dropped and added again; the rows stay where they are. -#}
{%- set sales = lesson_table('evolving_sales') -%}
-- Begin from nothing, in a database of the lessons' own.
create database if not exists {{ sales.schema }};

drop table if exists {{ sales }};

-- A copy of the sales fact: a query makes an Iceberg table, and its first snapshot.
create table {{ sales }}
with ({{ lesson_properties(sales) }})
as
select sales_line_key, household_id, sold_date, quantity, sales_amount, retail_discount_amount
from {{ ref('fct_sales_lines') }};

{{ table_state(sales, 'made') }};

-- The snapshot to look back at.
-- keep
select snapshot_id as made_version from {{ sales.schema }}."{{ sales.identifier }}$snapshots";

-- A column is added: only metadata changes, no file is written, and old rows read as null.
alter table {{ sales }} add columns (shelf_amount decimal(12, 2));

{{ table_state(sales, 'added') }};

select 'added' as moment, count(*) as row_count, count(shelf_amount) as shelf_amounts from {{ sales }};

-- Filling it does write: the changed rows go into a new file, and a delete file says where the old ones stood.
update {{ sales }} set shelf_amount = sales_amount + retail_discount_amount where retail_discount_amount > decimal '0.00';

{{ table_state(sales, 'filled') }};

select 'filled' as moment, count(*) as row_count, count(shelf_amount) as shelf_amounts from {{ sales }};

-- A column is renamed: files know columns by number, so nothing is rewritten; the past keeps the name that it had.
alter table {{ sales }} change column sales_amount paid_amount decimal(12, 2);

select
    'renamed' as moment,
    (select sum(paid_amount) from {{ sales }}) as paid_amount,
    (select sum(sales_amount) from {{ sales }} for version as of :made_version) as sales_amount_as_made;

-- A type is widened (integer to bigint, float to double, a decimal to more digits; never narrowed).
alter table {{ sales }} change column household_id household_id bigint;

select 'widened' as moment, typeof(household_id) as household_id_type, count(distinct household_id) as households
from {{ sales }}
group by typeof(household_id);

-- A column is dropped, and one of the same name is added: it is another column, and the old values do not come back in it.
alter table {{ sales }} drop column quantity;

alter table {{ sales }} add columns (quantity int);

select
    'added again' as moment,
    (select count(quantity) from {{ sales }}) as quantities,
    (select count(quantity) from {{ sales }} for version as of :made_version) as quantities_as_made;

{{ table_state(sales, 'at the end') }};

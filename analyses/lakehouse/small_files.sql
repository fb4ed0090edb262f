{#- Twelve monthly loads and a deletion leave many small files; OPTIMIZE puts them together. -#}
{%- set sales = lesson_table('compacted_sales') -%}
{%- set columns = 'sales_line_key, household_id, sold_date, quantity, sales_amount' -%}
-- Begin from nothing, in a database of the lessons' own.
create database if not exists {{ sales.schema }};

drop table if exists {{ sales }};

-- The year arrives as it does in life, load by load; each leaves a file and a snapshot.
create table {{ sales }}
with ({{ lesson_properties(sales) }})
as
select {{ columns }}
from {{ ref('fct_sales_lines') }}
where sold_date < date '2017-02-01';
{% for month in range(2, 13) %}
insert into {{ sales }}
select {{ columns }}
from {{ ref('fct_sales_lines') }}
where sold_date >= date '2017-{{ '%02d' | format(month) }}-01'
{%- if month < 12 %} and sold_date < date '2017-{{ '%02d' | format(month + 1) }}-01'{% endif %};
{% endfor %}
-- A household asks to be forgotten: no file is rewritten, delete files mark its rows.
-- keep
select household_id as forgotten_household from {{ sales }} group by household_id order by count(*) desc, household_id limit 1;

select 'before the deletion' as moment, count(*) as row_count, count(distinct household_id) as households from {{ sales }};

delete from {{ sales }} where household_id = :forgotten_household;

-- Every query of the table opens all of these.
{{ table_state(sales, 'before') }};

-- Small files go together, deletions are applied; the rows do not change.
optimize {{ sales }} rewrite data using bin_pack;

{{ table_state(sales, 'after') }};

select 'after' as moment, count(*) as row_count, count(distinct household_id) as households from {{ sales }};

-- The old files are still there, for the snapshots that name them: that is the next lesson, snapshot_expiry.
select operation, count(*) as snapshots
from {{ sales.schema }}."{{ sales.identifier }}$snapshots"
group by operation
order by operation;

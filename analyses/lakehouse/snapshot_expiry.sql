{#- Old snapshots keep their files, deleted rows included; VACUUM forgets both, and the past with them. -#}
{%- set sales = lesson_table('expiring_sales') -%}
-- Begin from nothing, in a database of the lessons' own.
create database if not exists {{ sales.schema }};

drop table if exists {{ sales }};

create table {{ sales }}
with ({{ lesson_properties(sales) }})
as
select sales_line_key, household_id, sold_date, quantity, sales_amount
from {{ ref('fct_sales_lines') }};

-- keep
select snapshot_id as first_version from {{ sales.schema }}."{{ sales.identifier }}$snapshots";
{% for month in range(1, 4) %}
delete from {{ sales }} where month(sold_date) = {{ month }};
{% endfor %}
optimize {{ sales }} rewrite data using bin_pack;

{{ table_state(sales, 'before') }};

-- The rows are gone for whoever reads the table, but not from the bucket.
select 'as made' as moment, count(*) as row_count from {{ sales }} for version as of :first_version;

-- By itself VACUUM keeps five days, and every snapshot of this lesson is younger.
vacuum {{ sales }};

{{ table_state(sales, 'within five days') }};

-- No past at all, for this lesson; a real table keeps what its people may need to go back to.
alter table {{ sales }} set tblproperties ('vacuum_max_snapshot_age_seconds' = '0');

vacuum {{ sales }};

-- One snapshot is left, with the same rows.
{{ table_state(sales, 'after') }};

-- The way back is gone: expiry is where a deletion becomes final.
-- refused
select count(*) as row_count from {{ sales }} for version as of :first_version;

-- What is wrong in the sources and was kept: one row a rule, with its findings and the sources' rows that they concern.
select
    rule_name,
    count(*) as findings,
    cast(sum(row_count) as bigint) as source_rows
from star.dq_findings
group by rule_name
order by findings desc, rule_name asc

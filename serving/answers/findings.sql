-- What is wrong in the sources and was kept: one row a rule, with the sources' rows that it concerns and its findings.
select
    rule_name,
    cast(sum(row_count) as bigint) as source_rows,
    count(*) as findings
from star.dq_findings
group by rule_name
order by findings desc, rule_name asc

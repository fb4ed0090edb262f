{#- How many gold households does the grocer have? -#}
-- wrong: a household is counted once for each month in which it was gold at the end.
select count(*) as gold_household_count
from {{ ref('fct_household_months') }}
where tier = 'gold';

-- right: a standing is counted at one moment, here the latest month's end.
select count(*) as gold_household_count
from {{ ref('fct_household_months') }}
where
    tier = 'gold'
    and snapshot_date = (select max(latest.snapshot_date) from {{ ref('fct_household_months') }} as latest);

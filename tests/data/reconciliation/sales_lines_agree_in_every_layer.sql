{% set amounts = ['sales_amount', 'retail_discount_amount', 'coupon_discount_amount', 'coupon_match_discount_amount'] %}
{% set layers = [
    ('staging', ref('stg_pos__transactions'), 'count(*)'),
    ('nf1', ref('nf1_receipt_lines'), 'count(*)'),
    ('nf3 rejoined', 'nf3_rejoined', 'count(*)'),
    ('star rejoined', 'star_rejoined', 'count(*)'),
    ('store visits', ref('fct_store_visits'), 'sum(line_count)'),
    ('daily sales', ref('fct_daily_sales'), 'sum(line_count)'),
    ('vault rejoined', 'vault_rejoined', 'count(*)'),
    ('wide', ref('obt_sales_lines'), 'count(*)'),
    ('wide by receipt', ref('obt_receipts'), 'sum(line_count)'),
    ('serving by week and department', ref('vw_sales_by_week_and_department'), 'sum(line_count)'),
    ('serving by household', ref('vw_household_spend'), 'sum(line_count)'),
] %}

with

raw_lines as (

    select
        sequence,
        basket_id,
        product_id,
        sales_value as sales_amount,
        retail_disc as retail_discount_amount,
        coupon_disc as coupon_discount_amount,
        coupon_match_disc as coupon_match_discount_amount
    from {{ source('pos', 'transactions') }}

),

corrected_lines as (

    select
        basket_id,
        product_id,
        max(sequence) as last_sequence
    from raw_lines
    group by basket_id, product_id
    having count(*) > 1

),

-- What a later row of the same receipt and product replaces: it is in the till's totals, and in no layer.
superseded as (

    select
        {% for amount in amounts %}
        coalesce(sum(raw_lines.{{ amount }}), 0) as {{ amount }},
        {% endfor %}
        count(*) as line_count
    from raw_lines
    inner join corrected_lines
        on
            raw_lines.basket_id = corrected_lines.basket_id
            and raw_lines.product_id = corrected_lines.product_id
            and raw_lines.sequence < corrected_lines.last_sequence

),

expected as (

    select
        {% for amount in amounts %}
        source_totals.{{ amount }} - superseded.{{ amount }} as {{ amount }},
        {% endfor %}
        source_totals.row_count - superseded.line_count as line_count
    from {{ ref('stg_meta__source_totals') }} as source_totals
    cross join superseded
    where source_totals.resource = 'pos.transactions'

),

nf3_rejoined as (

    select sales_lines.*
    from {{ ref('nf3_receipt_lines') }} as sales_lines
    inner join {{ ref('nf3_receipts') }} as receipts on sales_lines.basket_id = receipts.basket_id
    inner join {{ ref('nf3_products') }} as products on sales_lines.product_id = products.product_id
    inner join {{ ref('nf3_households') }} as households on receipts.household_id = households.household_id
    inner join {{ ref('nf3_stores') }} as stores on receipts.store_id = stores.store_id
    inner join {{ ref('nf3_calendar_days') }} as calendar_days
        on receipts.sold_date = calendar_days.calendar_date

),

star_rejoined as (

    select sales_lines.*
    from {{ ref('fct_sales_lines') }} as sales_lines
    inner join {{ ref('dim_dates') }} as dates on sales_lines.date_key = dates.date_key
    inner join {{ ref('dim_products') }} as products on sales_lines.product_key = products.product_key
    inner join {{ ref('dim_stores') }} as stores on sales_lines.store_key = stores.store_key
    inner join {{ ref('dim_households') }} as households on sales_lines.household_key = households.household_key

),

line_measures as (

    select
        receipt_line_hk,
        {% for amount in amounts %}
        {{ amount }},
        {% endfor %}
        row_number() over (partition by receipt_line_hk order by till_sequence desc) as recency
    from {{ ref('sat_receipt_line_measures') }}

),

vault_rejoined as (

    select line_measures.*
    from {{ ref('nhl_receipt_lines') }} as receipt_lines
    inner join line_measures
        on
            receipt_lines.receipt_line_hk = line_measures.receipt_line_hk
            and line_measures.recency = 1
    inner join {{ ref('hub_products') }} as products on receipt_lines.product_hk = products.product_hk
    inner join {{ ref('lnk_receipt_household_store') }} as receipts on receipt_lines.receipt_hk = receipts.receipt_hk
    inner join {{ ref('hub_households') }} as households on receipts.household_hk = households.household_hk
    inner join {{ ref('hub_stores') }} as stores on receipts.store_hk = stores.store_hk
    inner join {{ ref('hub_receipts') }} as receipt_keys on receipts.receipt_hk = receipt_keys.receipt_hk

),

actual as (

    {% for layer, relation, line_count in layers %}
    {{ 'union all' if not loop.first }}
    select
        '{{ layer }}' as layer,
        {% for amount in amounts %}
        sum({{ amount }}) as {{ amount }},
        {% endfor %}
        {{ line_count }} as line_count
    from {{ relation }}
    {% endfor %}

),

measures as (

    {% for measure in ['line_count'] + amounts %}
    {{ 'union all' if not loop.first }}
    select '{{ measure }}' as measure
    {% endfor %}

),

compared as (

    select
        actual.layer,
        measures.measure,
        case measures.measure
            {% for measure in ['line_count'] + amounts %}
            when '{{ measure }}' then coalesce(cast(expected.{{ measure }} as decimal(18, 2)), 0)
            {% endfor %}
        end as expected,
        case measures.measure
            {% for measure in ['line_count'] + amounts %}
            when '{{ measure }}' then coalesce(cast(actual.{{ measure }} as decimal(18, 2)), 0)
            {% endfor %}
        end as actual
    from actual
    cross join measures
    left join expected on true

)

select * from compared
where expected <> actual

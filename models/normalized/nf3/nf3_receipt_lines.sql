with

final as (

    select * from {{ ref('nf2_receipt_lines') }}

)

select * from final

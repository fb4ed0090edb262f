with

households as (

    select * from {{ ref('dim_households') }}

),

-- Two bands that the lists lack have one key, and so one text.
profiles as (

    select distinct
        {% for demographic in household_profile_bands() %}
        {{ household_profile_text(demographic) }} as {{ demographic.column }},
        {% endfor %}
        {{ household_profile_key() }} as household_profile_key
    from households

),

explicit_profiles as (

    {% for key, text in [(0, 'Not given'), (-1, 'Unknown')] %}
    {{ 'union all' if not loop.first }}
    select
        {% for demographic in household_profile_bands() %}
        '{{ text }}' as {{ demographic.column }},
        {% endfor %}
        {{ key }} as household_profile_key
    {% endfor %}

),

final as (

    select * from profiles
    union distinct
    select * from explicit_profiles

)

select * from final

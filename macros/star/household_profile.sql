{#
    household_profile_bands(): the demographics of dim_household_profiles in the order of its key, each with its bands in their order. Append a
    new band to its list, and the keys of the others stay as they are; nine bands a column (ninety-nine for the income) are room enough.

    household_profile_key(): the integer key of a profile, a function of the texts in dim_households: a digit a column (two for the income),
    0 where the column is not given, then the band's place in its list, 9 (99) for a band that the list lacks. -1 for the unknown household.
    40511443 is 45-54 years, 50-74K, Homeowner, Married, 4 persons, 2 Adults Kids, 2 kids.

    household_profile_text(demographic): the text of one column; 'Not listed' for a band that the list lacks, so that a key has one text.

    select {{ household_profile_key() }} as household_profile_key from dim_households
#}
{% macro household_profile_bands() %}
    {{ return([
        {'column': 'age_band', 'digits': 1, 'bands': ['19-24', '25-34', '35-44', '45-54', '55-64', '65+']},
        {'column': 'income_band', 'digits': 2, 'bands': [
            'Under 15K', '15-24K', '25-34K', '35-49K', '50-74K', '75-99K', '100-124K', '125-149K', '150-174K', '175-199K', '200-249K', '250K+'
        ]},
        {'column': 'home_ownership', 'digits': 1, 'bands': ['Homeowner', 'Probable Homeowner', 'Probable Renter', 'Renter']},
        {'column': 'marital_status', 'digits': 1, 'bands': ['Married', 'Unmarried']},
        {'column': 'household_size', 'digits': 1, 'bands': ['1', '2', '3', '4', '5+']},
        {'column': 'household_composition', 'digits': 1, 'bands': [
            '1 Adult No Kids', '1 Adult Kids', '2 Adults No Kids', '2 Adults Kids'
        ]},
        {'column': 'kids_count', 'digits': 1, 'bands': ['0', '1', '2', '3+']},
    ]) }}
{% endmacro %}

{% macro household_band_number(demographic) -%}
    case {{ demographic.column }}
        when 'Not given' then 0
        {%- for band in demographic.bands %}
        when '{{ band }}' then {{ loop.index }}
        {%- endfor %}
        else {{ 10 ** demographic.digits - 1 }}
    end
{%- endmacro %}

{% macro household_profile_key() -%}
    cast(case
        when age_band = 'Unknown' then -1
        else
            {%- for demographic in household_profile_bands() %}
            {{ '+ ' if not loop.first }}{{ household_band_number(demographic) }}
            {%- set places = household_profile_bands()[loop.index:] | sum(attribute='digits') %}
            {%- if places %} * {{ 10 ** places }}{% endif %}
            {%- endfor %}
    end as integer)
{%- endmacro %}

{% macro household_profile_text(demographic) -%}
    case
        when {{ demographic.column }} in ('{{ (demographic.bands + ['Not given', 'Unknown']) | join("', '") }}') then {{ demographic.column }}
        else 'Not listed'
    end
{%- endmacro %}

{#
    placement_key(display_code, mailer_code): the integer key of a promotion's placement, a function of its two one-character codes: the
    display's number times a hundred plus the mailer's. 0 to 9 are themselves, A to Z follow as 10 to 35; -1, which no dimension has, when
    either is anything else. 0 is "not promoted" in both lists of codes, so the placement nowhere is 0.

    {{ placement_key('display_location_code', 'mailer_location_code') }} as placement_key
#}
{% macro placement_key(display_code, mailer_code) -%}
    {%- set alphabet = "'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'" -%}
    cast(
        case
            when length({{ display_code }}) = 1 and length({{ mailer_code }}) = 1
            and strpos({{ alphabet }}, {{ display_code }}) > 0 and strpos({{ alphabet }}, {{ mailer_code }}) > 0
                then (strpos({{ alphabet }}, {{ display_code }}) - 1) * 100 + strpos({{ alphabet }}, {{ mailer_code }}) - 1
            else -1
        end as integer
    )
{%- endmacro %}

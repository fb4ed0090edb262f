{#
    placement_key(code): the integer key of a promotion's place (display or mailer), a function of its one-character code: 0 to 9 are
    themselves, A to Z follow as 10 to 35, anything else is -1, which no dimension has. 0 is "not promoted there" in both lists of codes. On 20.9 million rows an integer costs a tenth of
    the text to write.

    {{ placement_key('display_location_code') }} as display_location_key
#}
{% macro placement_key(code) -%}
    cast(case when length({{ code }}) = 1 then strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', {{ code }}) - 1 else -1 end as integer)
{%- endmacro %}

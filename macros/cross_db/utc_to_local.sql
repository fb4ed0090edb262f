{#
    utc_to_local(timestamp): what the grocer's clocks showed (America/New_York, with daylight saving) at a moment given in UTC.

    Both engines spell it alike, as long as the session's zone is UTC; the precision must be named, because Athena's default is a millisecond.

    {{ utc_to_local('transaction_timestamp') }} as sold_local_at
#}
{% macro utc_to_local(timestamp) -%}
    cast(({{ timestamp }} at time zone 'UTC') at time zone 'America/New_York' as timestamp(6))
{%- endmacro %}

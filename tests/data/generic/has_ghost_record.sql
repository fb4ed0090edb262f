{#
    has_ghost_record: a satellite has one row for the key of nothing, of 1900-01-01 and from the system, to which a point-in-time table points where
    no other row held. Needs the variable enable_ghost_records. Fails with one row that tells how many there are.

    data_tests:
      - has_ghost_record:
          arguments: {key: [household_hk]}
#}
{% test has_ghost_record(model, key) %}

select count(*) as ghost_record_count
from {{ model }}
where
    load_date = {{ vault_beginning_of_time('timestamp') }}
    and record_source = {{ vault_literal(var('system_record_value', 'SYSTEM')) }}
    {% for column in key %}
        and {{ column }} = {{ vault_zero_key() }}
    {% endfor %}
having count(*) <> 1

{% endtest %}

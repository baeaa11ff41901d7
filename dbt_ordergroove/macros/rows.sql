{# Columns of a source table, and [] while dbt only parses. #}
{% macro og_columns(relation) %}
  {{ return(adapter.get_columns_in_relation(relation) if execute else []) }}
{% endmacro %}

{# A wall-clock time as UTC; in the hour that a DST night repeats, the database's own reading. #}
{% macro og_utc(column) %}{{ return(adapter.dispatch('og_utc', 'ordergroove')(column)) }}{% endmacro %}

{% macro default__og_utc(column) -%}
  ({{ column }} at time zone '{{ var("ordergroove_timezone") }}') at time zone 'UTC'
{%- endmacro %}

{% macro og_is_wall_clock(column) %}
  {# Sent with a zone; some destinations store it without one, in UTC. #}
  {% set with_zone = ['starting_date'] %}
  {% set type = column.dtype | lower %}
  {{ return(type.startswith('timestamp') and 'with time zone' not in type and 'tz' not in type
            and not column.name.startswith('_') and column.name not in with_zone) }}
{% endmacro %}

{# Live rows with the vendor's columns, and `<column>_utc` beside each wall-clock time. #}
{% macro og_staging(table, more='') %}
  {% set relation = source('ordergroove', table) %}
select
  {% for column in og_columns(relation) if not column.name.startswith('_airbyte') %}
  {{ adapter.quote(column.name) }},
  {% if og_is_wall_clock(column) == true %}
  {{ og_utc(adapter.quote(column.name)) }} as {{ adapter.quote(column.name ~ '_utc') }},
  {% endif %}
  {% endfor %}
  {{ more if more else '_og_synced_at as synced_at_utc' }}
from {{ relation }}
where not coalesce(_og_deleted, false)
{% endmacro %}

{# Columns of a source table, and [] while dbt only parses. #}
{% macro og_columns(relation) %}
  {{ return(adapter.get_columns_in_relation(relation) if execute else []) }}
{% endmacro %}

{% macro og_is_wall_clock(column) %}
  {# `starting_date` comes with a zone, which some destinations drop (in UTC); `place` is a day that no zone may shift. #}
  {% set others = ['starting_date', 'place'] %}
  {% set type = column.dtype | lower | replace('_ntz', '') %}
  {% if target.type == 'bigquery' %}
    {% set local = type == 'datetime' %}
  {% else %}
    {% set local = type.startswith('timestamp') and 'with time zone' not in type and 'tz' not in type %}
  {% endif %}
  {{ return(local and not column.name.startswith('_') and column.name | lower not in others) }}
{% endmacro %}

{# A name that may be a keyword, quoted the way the destination spells it. #}
{% macro og_column(name) %}
  {{ return(adapter.quote(name | upper if target.type == 'snowflake' else name)) }}
{% endmacro %}

{# Live rows with the vendor's columns, and `<column>_utc` beside each wall-clock time. #}
{% macro og_staging(table, more='') %}
  {% set relation = source('ordergroove', table) %}
select
  {% for column in og_columns(relation) if not (column.name | lower).startswith('_airbyte') %}
  {{ adapter.quote(column.name) }},
  {% if og_is_wall_clock(column) == true %}
  {{ og_utc(adapter.quote(column.name)) }} as {{ og_column(column.name ~ '_utc') }},
  {% endif %}
  {% endfor %}
  {{ more ~ ',' if more }}
  _og_synced_at as synced_at_utc
from {{ relation }}
where not coalesce(_og_deleted, false)
{% endmacro %}

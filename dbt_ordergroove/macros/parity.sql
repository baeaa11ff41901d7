{# All rows, deleted ones included, with `more` behind the vendor's columns. Our own columns are left out. #}
{% macro og_parity(table, more, renamed={}) %}
  {% set relation = source('ordergroove', table) %}
select
  {% for column in og_columns(relation)
     if not (column.name | lower).startswith('_og_') and not (column.name | lower).startswith('_airbyte') %}
  {{ adapter.quote(column.name) }} as {{ og_column(renamed.get(column.name | lower, column.name)) }},
  {% endfor %}
  {{ more }}
from {{ relation }}
{% endmacro %}

{# Both times are when this connector read the row: neither of Hevo's is known for it. #}
{% macro og_hevo(table) %}
  {{ og_parity(table, 'coalesce(_og_deleted, false) as __hevo__marked_deleted, '
      ~ '_og_synced_at as __hevo__ingested_at, _og_synced_at as __hevo__loaded_at') }}
{% endmacro %}

{% macro og_fivetran(table, renamed={}) %}
  {{ og_parity(table, 'coalesce(_og_deleted, false) as _fivetran_deleted, '
      ~ '_og_synced_at as _fivetran_synced', renamed) }}
{% endmacro %}

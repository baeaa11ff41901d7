{# A wall-clock time as UTC; in the hour that a DST night repeats, the database's own reading. #}
{% macro og_utc(column, zone=none) -%}
  {{ return(adapter.dispatch('og_utc', 'ordergroove')(column, zone or var('ordergroove_timezone'))) }}
{%- endmacro %}

{% macro default__og_utc(column, zone) -%}
  ({{ column }} at time zone '{{ zone }}') at time zone 'UTC'
{%- endmacro %}

{% macro snowflake__og_utc(column, zone) -%}
  convert_timezone('{{ zone }}', 'UTC', {{ column }})
{%- endmacro %}

{% macro bigquery__og_utc(column, zone) -%}
  timestamp({{ column }}, '{{ zone }}')
{%- endmacro %}

{# The day that Ordergroove's wall clock shows, or `ordergroove_today`. #}
{% macro og_today() -%}
  {%- if var('ordergroove_today', none) -%}
    cast('{{ var("ordergroove_today") }}' as date)
  {%- else -%}
    {{ return(adapter.dispatch('og_today', 'ordergroove')(var('ordergroove_timezone'))) }}
  {%- endif -%}
{%- endmacro %}

{% macro default__og_today(zone) -%}
  cast(current_timestamp at time zone '{{ zone }}' as date)
{%- endmacro %}

{% macro snowflake__og_today(zone) -%}
  cast(convert_timezone('{{ zone }}', current_timestamp()) as date)
{%- endmacro %}

{% macro bigquery__og_today(zone) -%}
  current_date('{{ zone }}')
{%- endmacro %}

{# The Monday of a day's week. #}
{% macro og_week(day) -%}
  cast({{ dbt.date_trunc('isoweek' if target.type == 'bigquery' else 'week', day) }} as date)
{%- endmacro %}

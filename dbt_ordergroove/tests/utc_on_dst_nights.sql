{# Chicago's two DST nights. In spring 02:00 to 03:00 does not exist: such a time counts from the clock before the change.
   In autumn 01:00 to 02:00 comes twice and nothing in the data says which: it is read as the second, standard time. For
   these two DuckDB and PostgreSQL agree; other databases may differ, so only these are held to it. #}
{% set nights = [
  ('2026-03-08 01:59:59', '2026-03-08 07:59:59'),
  ('2026-03-08 03:00:00', '2026-03-08 08:00:00'),
  ('2026-11-01 00:59:59', '2026-11-01 05:59:59'),
  ('2026-11-01 02:00:00', '2026-11-01 08:00:00'),
] %}
{% if target.type in ('duckdb', 'postgres') %}
  {% do nights.append(('2026-03-08 02:30:00', '2026-03-08 08:30:00')) %}
  {% do nights.append(('2026-11-01 01:30:00', '2026-11-01 07:30:00')) %}
{% endif %}
{% set type = 'datetime' if target.type == 'bigquery' else 'timestamp' %}

with nights as (

  {% for wall, utc in nights %}
  select cast('{{ wall }}' as {{ type }}) as wall, cast('{{ utc }}' as timestamp) as utc
  {{ 'union all' if not loop.last }}
  {% endfor %}

)

select
  wall,
  utc,
  {{ og_utc('wall', 'America/Chicago') }} as answer
from nights
where coalesce({{ og_utc('wall', 'America/Chicago') }} <> utc, true)

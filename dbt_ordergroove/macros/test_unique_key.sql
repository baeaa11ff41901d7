{# dbt's `unique` knows one column only. #}
{% test og_unique_key(model, columns) %}
  {% set key = [] %}
  {% for column in columns %}{% do key.append(og_column(column)) %}{% endfor %}
select {{ key | join(', ') }}
from {{ model }}
group by {{ key | join(', ') }}
having count(*) > 1
{% endtest %}

select
  cast(place as date) as place_date,
  currency_code,
  count(*) as orders,
  sum(total) as revenue
from {{ ref('stg_ordergroove__orders') }}
where status in (1, 6)
group by 1, 2

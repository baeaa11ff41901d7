with orders as (

  select
    cast(place as date) as place_date,
    currency_code,
    total
  from {{ ref('stg_ordergroove__orders') }}
  where status in (1, 6)

)

select
  place_date,
  {{ og_week('place_date') }} as place_week,
  currency_code,
  count(*) as orders,
  sum(total) as revenue
from orders
group by 1, 2, 3

with granted as (

  select
    item,
    count(*) as incentives,
    sum(case when incentive_discount_type = 'Discount Percent' then incentive_value end) as incentive_percent,
    sum(case when incentive_discount_type in ('Discount Amount', 'Flat Amount') then incentive_value end) as incentive_amount
  from {{ ref('stg_ordergroove__incentives') }}
  where item is not null
  group by 1

)

select
  item.public_id as item_id,
  item.{{ og_column('order') }} as order_id,
  orders.customer,
  item.subscription as subscription_id,
  item.product as product_id,
  product.name as product_name,
  product.sku,
  orders.status_name as order_status,
  cast(orders.place as date) as place_date,
  item.one_time,
  item.quantity,
  orders.currency_code,
  item.price as unit_price,
  item.price * item.quantity as gross_total,
  item.price * item.quantity - item.total_price as discount_total,
  item.total_price as net_total,
  coalesce(granted.incentives, 0) as incentives,
  granted.incentive_percent,
  granted.incentive_amount
from {{ ref('stg_ordergroove__item') }} as item
left join {{ ref('stg_ordergroove__orders') }} as orders
  on orders.public_id = item.{{ og_column('order') }}
left join {{ ref('stg_ordergroove__product') }} as product
  on product.external_product_id = item.product
left join granted on granted.item = item.public_id

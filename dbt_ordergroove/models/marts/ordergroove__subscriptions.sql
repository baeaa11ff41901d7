select
  subscription.public_id as subscription_id,
  subscription.customer,
  subscription.product,
  product.name as product_name,
  subscription.live,
  subscription.quantity,
  subscription.every,
  subscription.every_period_name,
  subscription.created_utc,
  subscription.cancelled_utc,
  subscription.cancel_reason_code
from {{ ref('stg_ordergroove__subscription') }} as subscription
left join {{ ref('stg_ordergroove__product') }} as product
  on product.external_product_id = subscription.product

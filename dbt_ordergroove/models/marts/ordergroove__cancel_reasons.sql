select
  cancel_reason_code,
  cancel_reason,
  count(*) as subscriptions
from {{ ref('stg_ordergroove__subscription') }}
where not live
group by 1, 2

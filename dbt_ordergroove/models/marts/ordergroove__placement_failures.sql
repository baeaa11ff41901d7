with attempts as (

  select
    {{ og_column('order') }} as order_id,
    public_id,
    created,
    created_utc,
    response_code,
    response_message,
    _og_synced_at,
    -- Success is 000, which is sent as 0 too.
    coalesce(replace(response_code, '0', '') <> '', coalesce(response_message, '') <> '') as failed
  from {{ ref('stg_ordergroove__placement_log_responses') }}

),

ranked as (

  select
    *,
    row_number() over (
      partition by order_id order by created desc nulls last, _og_synced_at desc, public_id desc
    ) as newest,
    row_number() over (
      partition by order_id, failed order by created desc nulls last, _og_synced_at desc, public_id desc
    ) as newest_of_kind
  from attempts
  where order_id is not null

),

by_order as (

  select
    order_id,
    count(*) as attempts,
    sum(case when failed then 1 else 0 end) as failed_attempts,
    max(case when newest = 1 then created_utc end) as last_attempt_utc,
    max(case when newest = 1 then response_code end) as last_response_code,
    max(case when newest = 1 then response_message end) as last_response_message,
    max(case when failed and newest_of_kind = 1 then created_utc end) as last_failure_utc,
    max(case when failed and newest_of_kind = 1 then response_code end) as last_failure_code,
    max(case when failed and newest_of_kind = 1 then response_message end) as last_failure_message
  from ranked
  group by 1

)

select
  coalesce(by_order.order_id, orders.public_id) as order_id,
  orders.customer,
  orders.status_name as order_status,
  cast(orders.place as date) as place_date,
  orders.currency_code,
  orders.total,
  cast(coalesce(by_order.attempts, 0) as {{ dbt.type_bigint() }}) as attempts,
  cast(coalesce(by_order.failed_attempts, 0) as {{ dbt.type_bigint() }}) as failed_attempts,
  by_order.last_attempt_utc,
  by_order.last_response_code,
  by_order.last_response_message,
  by_order.last_failure_utc,
  by_order.last_failure_code,
  by_order.last_failure_message,
  nullif(orders.rejected_message, '') as rejected_message,
  coalesce(orders.status = 5, false) as placed_in_the_end
from {{ ref('stg_ordergroove__orders') }} as orders
full join by_order on by_order.order_id = orders.public_id
where by_order.failed_attempts > 0 or orders.rejected_message <> ''

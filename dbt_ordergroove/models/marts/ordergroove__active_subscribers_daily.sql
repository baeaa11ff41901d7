{# Changes are summed up day by day, which costs one row a change; joining every day to every subscription would not end. #}
with subscriptions as (

  select
    public_id as subscription_id,
    customer,
    coalesce(start_date, cast(created as date)) as first_day,
    -- Without a time of cancellation the last change is the nearest thing to it.
    case
      when live then null
      when cancelled is not null then cast(cancelled as date)
      when not live then cast(updated as date)
    end as cancelled_day
  from {{ ref('stg_ordergroove__subscription') }}

),

-- One that was cancelled before it began was never active.
begun as (

  select * from subscriptions
  where first_day is not null and (cancelled_day is null or cancelled_day >= first_day)

),

changes as (

  select customer, first_day as day, 1 as started, 0 as cancelled from begun
  union all
  select customer, cancelled_day as day, 0 as started, 1 as cancelled from begun
  where cancelled_day is not null

),

by_customer as (

  select
    customer,
    day,
    sum(started) as started,
    sum(cancelled) as cancelled
  from changes
  group by 1, 2

),

counted as (

  select
    *,
    sum(started - cancelled) over (
      partition by customer order by day rows between unbounded preceding and current row
    ) as active
  from by_customer

),

by_day as (

  select
    day,
    sum(started) as started,
    sum(cancelled) as cancelled,
    -- A customer comes with the first active subscription and goes with the last.
    sum(
      case
        when customer is null then 0
        when active > 0 and active - started + cancelled = 0 then 1
        when active = 0 and active - started + cancelled > 0 then -1
        else 0
      end
    ) as customers
  from counted
  group by 1

),

digits as (

  {% for digit in range(10) %}
  select {{ digit }} as digit{{ ' union all' if not loop.last }}
  {% endfor %}

),

-- 100,000 days, more than any subscription is old.
numbers as (

  select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit + 10000 * more.digit as number
  from digits as ones
  cross join digits as tens
  cross join digits as hundreds
  cross join digits as thousands
  cross join digits as more

),

bounds as (

  select
    min(day) as first_day,
    {{ dbt.datediff('min(day)', og_today(), 'day') }} as days
  from by_day

),

calendar as (

  select cast({{ dbt.dateadd('day', 'numbers.number', 'bounds.first_day') }} as date) as day
  from bounds
  inner join numbers on numbers.number <= bounds.days

),

filled as (

  select
    calendar.day,
    coalesce(by_day.started, 0) as started,
    coalesce(by_day.cancelled, 0) as cancelled,
    coalesce(by_day.customers, 0) as customers
  from calendar
  left join by_day on by_day.day = calendar.day

),

running as (

  select
    day,
    started,
    cancelled,
    sum(started - cancelled) over (order by day rows between unbounded preceding and current row) as active_subscriptions,
    sum(customers) over (order by day rows between unbounded preceding and current row) as active_customers
  from filled

)

select
  day,
  cast(active_subscriptions as {{ dbt.type_bigint() }}) as active_subscriptions,
  cast(active_customers as {{ dbt.type_bigint() }}) as active_customers,
  cast(started as {{ dbt.type_bigint() }}) as started,
  cast(cancelled as {{ dbt.type_bigint() }}) as cancelled,
  cast(cancelled as {{ 'float64' if target.type == 'bigquery' else 'double precision' }})
    / nullif(active_subscriptions - started + cancelled, 0) as churn_rate
from running

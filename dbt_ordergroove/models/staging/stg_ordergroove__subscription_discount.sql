{{ og_staging('subscription_discount') }}

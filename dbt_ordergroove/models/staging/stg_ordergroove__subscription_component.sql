{{ og_staging('subscription_component') }}

{{ config(alias='subscription_component') }}
{{ og_hevo('subscription_component') }}

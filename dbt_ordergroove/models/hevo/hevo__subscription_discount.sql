{{ config(alias='subscription_discount') }}
{{ og_hevo('subscription_discount') }}

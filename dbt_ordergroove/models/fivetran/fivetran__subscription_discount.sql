{{ config(alias='subscription_discount') }}
{{ og_fivetran('subscription_discount') }}

{{ config(alias='subscription') }}
{{ og_hevo('subscription') }}

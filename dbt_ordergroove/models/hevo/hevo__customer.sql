{{ config(alias='customer') }}
{{ og_hevo('customer') }}
